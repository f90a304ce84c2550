"""Tasks of the match graph."""

from config.jobs import job
from matchgraph.embedders.configured import configured_embedder
from matchgraph.services import build


@job(limit_s=900)
def build_matchgraph() -> None:
    """Bring the match graph up to date with the catalogue and with what visitors did."""
    build.build_matchgraph(configured_embedder())

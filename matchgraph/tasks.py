"""Tasks of the match graph."""

from config.jobs import job
from matchgraph.embedders.configured import configured_embedder
from matchgraph.services import build, learning, retention


@job(limit_s=900)
def build_matchgraph() -> None:
    """Bring the match graph up to date with the catalogue and with what visitors did."""
    build.build_matchgraph(configured_embedder())


@job(limit_s=900)
def learn_from_visitors() -> None:
    """Write down what visitors' choices say of artifacts, intents and edges."""
    learning.learn_from_visitors()


@job(limit_s=900)
def purge_searches() -> None:
    """Forget what visitors typed some weeks ago."""
    retention.purge_searches()

"""Celery tasks of the catalogue."""

from catalog.services.ingest import ingest_source
from catalog.services.ingest_runs import IngestBusyError
from catalog.sources.base import Source
from config.jobs import job


@job(limit_s=1_200)
def ingest(source: str) -> None:
    """Read one source; a second message while it is being read has nothing to do."""
    try:
        ingest_source(Source(source))
    except IngestBusyError:
        return

"""Celery tasks of the catalogue."""

from catalog.services.claims import check_due_claims
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


@job(limit_s=1_200)
def check_claims() -> None:
    """Look again at the proofs of verified claims."""
    check_due_claims()

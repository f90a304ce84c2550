"""Celery tasks of the catalogue."""

from catalog.services.claims import check_due_claims
from catalog.services.ingest import ingest_source
from catalog.services.ingest_runs import IngestBusyError, due_sources
from catalog.services.retention import clear_old_readings
from catalog.services.staleness import mark_forgotten
from catalog.sources.base import Source
from config.jobs import job


@job(limit_s=1_200)
def ingest(source: str) -> None:
    """Read one source; a second message while it is being read has nothing to do."""
    try:
        ingest_source(Source(source))
    except IngestBusyError:
        return


@job(limit_s=60)
def refresh_sources() -> None:
    """Have every source read that is due: a new day has begun, or an allowance that was used up is renewed."""
    for source in due_sources():
        ingest.delay(source.value)


@job(limit_s=600)
def keep_house() -> None:
    """Mark what nobody has confirmed for long, and let old payloads go."""
    mark_forgotten()
    clear_old_readings()


@job(limit_s=1_200)
def check_claims() -> None:
    """Look again at the proofs of verified claims."""
    check_due_claims()

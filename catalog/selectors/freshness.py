"""Which sources could not be read of late, so that what they said before is shown as stale."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from catalog.models import IngestRun
from catalog.sources.base import Source

# A source that is read every day and was not for so long has fallen behind.
FRESH_FOR = dt.timedelta(days=3)


@dataclass(frozen=True)
class SourceStanding:
    """How a connector stands: when it last read to its end, and what went wrong since."""

    source: Source
    read_at: dt.datetime | None
    is_stale: bool
    error: str = ""


def source_standings() -> dict[Source, SourceStanding]:
    """Return how each source that was ever read stands; one that failed is stale, its facts stay. One query.

    A source nobody reads has no standing: what the catalogue's files say of it is dated there.
    """
    finished = IngestRun.objects.exclude(state=IngestRun.State.RUNNING).order_by("source", "-started_at")
    runs: dict[str, list[IngestRun]] = {}
    for run in finished.defer("candidates", "missing", "renames"):
        runs.setdefault(run.source, []).append(run)
    return {Source(source): _standing(Source(source), found) for source, found in runs.items()}


def _standing(source: Source, runs: list[IngestRun]) -> SourceStanding:
    latest = runs[0]
    read_at = next((run.finished_at for run in runs if run.state == IngestRun.State.DONE), None)
    is_failed = latest.state == IngestRun.State.FAILED
    is_old = read_at is None or timezone.now() - read_at > FRESH_FOR
    return SourceStanding(source, read_at, is_failed or is_old, latest.error if is_failed else "")

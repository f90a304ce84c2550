"""The state of a running site, as a load balancer, a person on call and Prometheus want to know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection
from django.db.models import Count, Max, Min
from django.utils import timezone
from kombu.exceptions import OperationalError

from catalog.models import IngestRun
from config import broker, celery_app
from evaluation.models import Run, Sample
from ranking.models import CurrentSnapshot


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """What a load balancer and an alarm ask for every few seconds. Ages in seconds, None where nothing is to be old.

    ``queues`` are messages waiting by queue, None where the broker does not answer. ``waiting_s`` is the age of
    the oldest run that is not over, ``stalled_s`` how long no picture of an open run has come to an end,
    ``snapshot_s`` the age of the published rank.
    """

    queues: dict[str, int] | None
    waiting_s: float | None
    stalled_s: float | None
    snapshot_s: float | None


@dataclass(frozen=True, kw_only=True)
class SiteState(Readiness):
    """All that Prometheus asks for, with what has to be counted for it.

    ``samples`` are samples by status, ``ingest_s`` the age of the last good reading by source, ``ingests``
    readings by source and state, ``connections`` those that the database has open and ``connections_most``
    those that it takes.
    """

    samples: dict[str, int]
    ingest_s: dict[str, float]
    ingests: dict[tuple[str, str], int]
    connections: int
    connections_most: int


def database_answers() -> bool:
    """Whether a page could be built now."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def queue_lengths() -> dict[str, int] | None:
    """Return the waiting messages by queue, None where the broker does not answer in a second."""
    try:
        return broker.queue_lengths(celery_app)
    except (OperationalError, OSError):
        return None


def readiness() -> Readiness:
    """Look at what must go on: two queries that read open runs alone, and one question to the broker."""
    now = timezone.now()
    open_runs = Run.objects.filter(state__in=(Run.State.PLANNED, Run.State.RUNNING)).aggregate(
        oldest=Min("created_at"), newest=Max("created_at"), moved=Max("samples__ended_at")
    )
    published = CurrentSnapshot.objects.values_list("snapshot__created_at", flat=True).first()
    return Readiness(
        queues=queue_lengths(),
        waiting_s=_age(open_runs["oldest"], now=now),
        stalled_s=_age(_later(open_runs["newest"], open_runs["moved"]), now=now),
        snapshot_s=_age(published, now=now),
    )


def site_state() -> SiteState:
    """Look at everything once: six queries, of which one counts all samples, and one question to the broker."""
    now = timezone.now()
    samples = Sample.objects.order_by().values("status").annotate(n=Count("pk"))
    ingests = IngestRun.objects.order_by()
    connections, connections_most = _connections()
    return SiteState(
        **vars(readiness()),
        samples={row["status"]: row["n"] for row in samples},
        ingest_s={
            row["source"]: (now - row["last"]).total_seconds()
            for row in ingests.filter(state=IngestRun.State.DONE)
            .values("source")
            .annotate(last=Max("finished_at"))
        },
        ingests={
            (row["source"], row["state"]): row["n"]
            for row in ingests.values("source", "state").annotate(n=Count("pk"))
        },
        connections=connections,
        connections_most=connections_most,
    )


def _connections() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity")
        used, most = cursor.fetchone()
    return used, most


def _later(first: datetime | None, second: datetime | None) -> datetime | None:
    return max((moment for moment in (first, second) if moment), default=None)


def _age(moment: datetime | None, *, now: datetime) -> float | None:
    return None if moment is None else (now - moment).total_seconds()

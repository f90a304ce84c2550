"""Beginning, continuing and ending the record of a run."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from zlib import crc32

from django.conf import settings
from django.utils import timezone

from catalog.models import IngestRefusal, IngestRun, PageValidator, SourceRecord
from catalog.refresh import is_due
from catalog.services.ingest_plan import Plan
from catalog.services.locks import process_lock
from catalog.sources import CONNECTORS
from catalog.sources.base import Page, Refusal, Source, Validator
from catalog.sources.huggingface import CARD_TITLE

# An older cursor points into a list that has moved on.
CONTINUED_WITHIN = dt.timedelta(hours=24)
NAMES_KEPT = 20
REFUSALS_KEPT = 200


class IngestBusyError(Exception):
    """Another process is reading this source now."""


@contextmanager
def source_lock(source: Source) -> Iterator[None]:
    """Keep a source to one process; the lock dies with the process that holds it.

    Raises:
        IngestBusyError: when another process holds it.
    """
    key = crc32(f"ingest:{source}".encode())
    with process_lock(key, waits=False) as is_ours:
        if not is_ours:
            raise IngestBusyError(f"{source} is being read by another process")
        yield


def begin_run(source: Source, *, since: dt.date | None, is_trial: bool) -> IngestRun:
    """Return the source's unfinished run to go on with, or a new one, not saved yet.

    Call under ``source_lock``: a run that is still "running" has then lost its process.
    """
    now = timezone.now()
    if is_trial:
        return IngestRun(source=source.value, started_at=now, since=since)
    last = IngestRun.objects.filter(source=source.value).first()
    if last and last.cursor and last.since == since and now - last.started_at < CONTINUED_WITHIN:
        last.state, last.finished_at, last.error = IngestRun.State.RUNNING, None, ""
        return last
    IngestRun.objects.filter(source=source.value, state=IngestRun.State.RUNNING).update(
        state=IngestRun.State.FAILED, finished_at=now, error="The process ended before the run did."
    )
    return IngestRun(source=source.value, started_at=now, since=since)


def due_sources() -> list[Source]:
    """Return the sources that are to be read now. One query."""
    now = timezone.now()
    last = IngestRun.objects.order_by("source", "-started_at").distinct("source")
    rows = {run.source: run for run in last.only("source", "state", "started_at", "finished_at")}
    return [
        source
        for source in Source
        if settings.CONNECTOR_TOKENS.get(source.value) or not CONNECTORS[source].needs_token
        if (run := rows.get(source.value)) is None
        or is_due(state=run.state, ended_at=run.finished_at or run.started_at, now=now)
    ]


def count_page(run: IngestRun, page: Page) -> None:
    """Add what was read to a run's numbers, and the place to go on from."""
    run.record_count += len(page.records)
    run.refusal_count += len(page.refusals)
    run.candidate_count += len(page.candidates)
    run.missing_count += len(page.missing)
    run.candidates = [*run.candidates, *page.candidates][:NAMES_KEPT]
    run.missing = [*run.missing, *page.missing][:NAMES_KEPT]
    renames = [f"{record.id} -> {record.renamed_to}" for record in page.records if record.renamed_to]
    run.renames = [*run.renames, *renames][:NAMES_KEPT]
    run.cursor = page.cursor


def count_plan(run: IngestRun, plan: Plan) -> None:
    """Add what was written to a run's numbers."""
    run.unchanged_count += plan.unchanged
    run.fact_count += len(plan.facts)
    run.signal_count += len(plan.signals)
    run.offer_count += len(plan.offers)


def keep_refusals(run: IngestRun, refusals: Iterable[Refusal]) -> None:
    """Store what was refused, up to a limit for each run: beyond that the count says enough."""
    room = REFUSALS_KEPT - run.refusals.count()
    rows = [IngestRefusal(run=run, key=item.key[:200], reason=item.reason) for item in refusals]
    IngestRefusal.objects.bulk_create(rows[: max(room, 0)])


def finish_run(run: IngestRun, state: IngestRun.State, *, error: str = "") -> None:
    """Set a run's end; where a cursor is left, the next run goes on from it."""
    run.state, run.error, run.finished_at = state, error, timezone.now()
    if state == IngestRun.State.DONE:
        run.cursor = ""


def held_cards(source: Source) -> dict[str, str]:
    """Return at which commit the card of each model was last read; nothing where a source has none."""
    rows = SourceRecord.objects.filter(connector=source.value, name=CARD_TITLE, payload__isnull=False)
    latest = rows.order_by("subject", "-fetched_at").distinct("subject")
    return dict(latest.values_list("subject", "payload__sha"))


def load_validators(source: Source, *, context_digest: str) -> dict[str, Validator]:
    """Return what to ask with, by address; nothing that was stored for another catalogue."""
    rows = PageValidator.objects.filter(source=source.value, context_digest=context_digest)
    return {row.url: Validator(row.url, row.etag, row.next_url) for row in rows.iterator()}


def keep_validators(source: Source, validators: Iterable[Validator], *, context_digest: str) -> None:
    """Store what sources gave for asking again; one that is too long for its column is left out."""
    rows = {
        item.url: PageValidator(
            source=source.value,
            url=item.url,
            etag=item.etag,
            next_url=item.next_url,
            context_digest=context_digest,
        )
        for item in validators
        if max(len(item.url), len(item.next_url)) <= 1000
    }
    PageValidator.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["url"],
        update_fields=["etag", "next_url", "context_digest"],
    )

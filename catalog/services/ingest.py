"""Reads a source into the catalogue: records, facts, counts and prices of artifacts that are in it.

A run is written batch by batch, each in one transaction together with the place to go on from. So a
killed run loses one batch of reading, and a source that fails leaves everything as it was.
"""

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalog.models import IngestRun
from catalog.services.identities import Matcher, match_leads
from catalog.services.ingest_plan import Reading, plan_batch, write_plan
from catalog.services.ingest_runs import (
    begin_run,
    count_page,
    count_plan,
    finish_run,
    held_cards,
    keep_refusals,
    keep_validators,
    load_validators,
    source_lock,
)
from catalog.services.ingest_targets import Targets
from catalog.services.staleness import (
    mark_fresh,
    mark_source_stale,
    mark_stale,
    note_checks,
    tried_at,
    tried_since,
)
from catalog.sources import CONNECTORS
from catalog.sources.base import IdField, Page, PauseError, Query, Source, SourceError, comparable_id
from catalog.sources.fetch import Fetcher, Limits

BATCH_RECORDS = 200
# A batch of few records is written after this long, so that a kill loses little reading.
BATCH_S = 30.0


@dataclass(frozen=True)
class Options:
    """How a run is to go. A limited run is a trial: it starts at the beginning and leaves no cursor."""

    since: dt.date | None = None
    limit: int | None = None
    is_dry_run: bool = False

    @property
    def is_trial(self) -> bool:
        """Tell whether the run is a sample or a rehearsal."""
        return self.is_dry_run or self.limit is not None


@dataclass(frozen=True)
class IngestReport:
    """What a run did, or would do; ``changes`` are listed for a dry run only."""

    run: IngestRun
    changes: tuple[str, ...] = ()

    def __str__(self) -> str:
        run = self.run
        parts = [
            f"{run.record_count:,} records ({run.unchanged_count:,} unchanged)",
            f"{run.fact_count:,} facts, {run.signal_count:,} counts, {run.offer_count:,} offers",
            f"{run.candidate_count:,} candidates{_named(run.candidates)}",
            f"{run.missing_count:,} missing{_named(run.missing)}",
            f"{run.refusal_count:,} refused",
            f"{run.request_count:,} requests",
        ]
        if run.renames:
            parts.append(f"renamed: {', '.join(run.renames[:5])}")
        return "; ".join(parts)


def ingest_source(
    source: Source,
    options: Options | None = None,
    *,
    sleep: Callable[[float], None] = time.sleep,
    on_progress: Callable[[IngestRun], None] | None = None,
) -> IngestReport:
    """Read one source; a source that fails is written into the run, not raised.

    Raises:
        IngestBusyError: when another process reads it now.
    """
    options = options or Options()
    with source_lock(source):
        targets = Targets()
        context = _context_digest(source, targets)
        fetcher = Fetcher(
            token=settings.CONNECTOR_TOKENS.get(source.value, ""),
            # A trial reads everything, so that it shows something.
            validators={} if options.is_trial else load_validators(source, context_digest=context),
            limits=Limits(max_requests=settings.INGEST_MAX_REQUESTS, run_s=settings.INGEST_MAX_SECONDS),
            sleep=sleep,
        )
        session = _Session(source, options, targets=targets, context=context, fetcher=fetcher)
        return session.run(on_progress)


def _context_digest(source: Source, targets: Targets) -> str:
    """Return the digest of all that decides what is taken from an answer, besides the answer."""
    version = CONNECTORS[source].version
    return hashlib.sha256(f"{source} {version} {targets.digest}".encode()).hexdigest()


class _Session:
    """One run of one source under its lock."""

    def __init__(
        self, source: Source, options: Options, *, targets: Targets, context: str, fetcher: Fetcher
    ) -> None:
        self._source = source
        self._options = options
        self._targets = targets
        self._context = context
        self._fetcher = fetcher
        self._connector = CONNECTORS[source](fetcher, settings.CONNECTOR_URLS)
        self._row = begin_run(source, since=options.since, is_trial=options.is_trial)
        self._goes_on = self._row.pk is not None
        self._requests_before = self._row.request_count
        self._changes: list[str] = []

    def run(self, on_progress: Callable[[IngestRun], None] | None) -> IngestReport:
        """Read to the end, to the budget or to the first failure."""
        self._save()
        state, error = IngestRun.State.DONE, ""
        try:
            for page in batches(self._connector.pages(self._query()), limit=self._options.limit):
                self._write(page)
                if on_progress is not None:
                    on_progress(self._row)
        except PauseError as pause:
            state, error = IngestRun.State.PAUSED, str(pause)
        except SourceError as failure:
            state, error = IngestRun.State.FAILED, str(failure)
        except Exception as bug:
            self._finish(IngestRun.State.FAILED, f"{type(bug).__name__}: {bug}")
            raise
        self._finish(state, error)
        return IngestReport(self._row, tuple(self._changes))

    def _query(self) -> Query:
        ids = self._targets.by_urgency(
            self._connector.id_field, tried_at=tried_at(self._source), now=timezone.now()
        )
        return Query(
            ids=tuple(ids),
            hosted_ids=frozenset(self._targets.ids[IdField.HUB]),
            done=tried_since(self._source, self._row.started_at) if self._goes_on else frozenset(),
            since=self._options.since,
            held_revisions=held_cards(self._source),
            max_texts=settings.INGEST_MAX_CARDS,
        )

    def _write(self, page: Page) -> None:
        reading = Reading(self._source, self._connector.id_field, self._connector.kind, timezone.now())
        with transaction.atomic():
            for start in range(0, len(page.records), BATCH_RECORDS):
                records = page.records[start : start + BATCH_RECORDS]
                plan = plan_batch(records, targets=self._targets, reading=reading)
                count_plan(self._row, plan)
                if self._options.is_dry_run:
                    self._changes += plan.changes
                else:
                    write_plan(plan)
            count_page(self._row, page)
            if not self._options.is_dry_run:
                keep_refusals(self._row, page.refusals)
                keep_validators(self._source, page.validators, context_digest=self._context)
                self._note(page)
                if page.leads:
                    match_leads(page.leads, scheme=self._connector.id_field, matcher=self._matcher)
                self._save()

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher()

    def _note(self, page: Page) -> None:
        """Remember what was confirmed and mark what was not, so that pages can say so."""
        unread = {subject for item in page.refusals for subject in item.subjects or ()}
        missing = {comparable_id(self._connector.id_field, id_) for id_ in page.missing}
        note_checks(self._source, answered=page.answered, unread=unread)
        mark_fresh(self._source, set(page.answered) - missing)
        mark_stale(self._source, unread | missing)

    def _finish(self, state: IngestRun.State, error: str) -> None:
        finish_run(self._row, state, error=error)
        if self._options.is_trial:
            self._row.cursor = ""
        elif state == IngestRun.State.FAILED:
            mark_source_stale(self._source, since=self._row.started_at)
        self._save()

    def _save(self) -> None:
        self._row.request_count = self._requests_before + self._fetcher.requests
        if not self._options.is_dry_run:
            self._row.save()


def batches(pages: Iterable[Page], *, limit: int | None = None) -> Iterator[Page]:
    """Yield pages joined to a size worth a transaction; what was read before a failure comes first."""
    held: list[Page] = []
    left = limit
    since = time.monotonic()
    try:
        for page in pages:
            held.append(page if left is None else replace(page, records=page.records[:left]))
            left = None if left is None else left - len(held[-1].records)
            is_full = sum(len(item.records) for item in held) >= BATCH_RECORDS
            if is_full or left == 0 or time.monotonic() - since > BATCH_S:
                yield joined(held)
                held, since = [], time.monotonic()
            if left == 0:
                return
    except SourceError:
        if held:
            yield joined(held)
        raise
    if held:
        yield joined(held)


def joined(pages: Sequence[Page]) -> Page:
    """Return several pages as one that ends where the last ends."""
    return Page(
        records=tuple(record for page in pages for record in page.records),
        refusals=tuple(item for page in pages for item in page.refusals),
        candidates=tuple(name for page in pages for name in page.candidates),
        missing=tuple(name for page in pages for name in page.missing),
        validators=tuple(item for page in pages for item in page.validators),
        leads=tuple(lead for page in pages for lead in page.leads),
        answered=tuple(name for page in pages for name in page.answered),
        cursor=pages[-1].cursor,
    )


def _named(names: Sequence[str]) -> str:
    return f" ({', '.join(names[:5])}, …)" if len(names) > 5 else f" ({', '.join(names)})" if names else ""

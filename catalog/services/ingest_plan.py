"""What a batch of records would change, and the writing of it: a fixed number of queries per batch.

Nothing is written that is known already. A fact is added when a source's word on a field changes, an
offer when a price does; a count is added with every payload that differs from the last. Rows that were
there before stay, so they are the history.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import JSONField, Value

from catalog.decompose.drafts import MANIFEST_AUTHOR
from catalog.models import AdoptionSignal, CapabilityDraft, Fact, Offer, SourceRecord
from catalog.seed.schema import SOURCED_FIELDS
from catalog.services.ingest_before import Before, OfferKey
from catalog.services.ingest_targets import Target, Targets
from catalog.services.settle import DECLARED_LICENCE_FIELD, LICENCE_FIELD, settle_artifacts
from catalog.sources.base import Count, IdField, Quote, Record, Source, comparable_id
from catalog.vocabulary import SourceKind

# A count that grows so much between two readings is more likely wrong than true.
SUSPECT_FACTOR = 20
SUSPECT_FROM = 100
COLUMN_FIELDS = frozenset({*SOURCED_FIELDS, LICENCE_FIELD, DECLARED_LICENCE_FIELD})
# A plain None would be stored as SQL's NULL, "no value"; this is "the source says nothing any more".
JSON_NULL = Value(None, JSONField())


@dataclass
class Plan:
    """Rows to write, and each change in words."""

    sources: list[SourceRecord] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    signals: list[AdoptionSignal] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    drafts: list[CapabilityDraft] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True)
class Reading:
    """When and by which connector a batch was read."""

    source: Source
    id_field: IdField
    kind: SourceKind
    at: dt.datetime

    @property
    def on(self) -> dt.date:
        """Return the day."""
        return self.at.date()


def plan_batch(records: Iterable[Record], *, targets: Targets, reading: Reading) -> Plan:
    """Return what a batch would change. Five queries."""
    # Lists shift while they are paged through, so one record may come twice; the later one counts.
    batch = list({record.url: record for record in records}.values())
    matched = {record.url: targets.find_all(reading.id_field, record) for record in batch}
    hosted = {record.url: targets.find(IdField.HUB, record.hosts) for record in batch}
    ids = {target.pk for found in (*matched.values(), *hosted.values()) for target in found}
    before = Before(sorted(ids), [record.url for record in batch], kind=reading.kind)
    plan = Plan()
    offers: dict[OfferKey, Offer] = {}
    for record in batch:
        source = _source_row(record, before=before, reading=reading)
        if source is before.sources.get(record.url):
            plan.unchanged += 1
        else:
            plan.sources.append(source)
            plan.drafts += _drafts(record, matched[record.url], source)
        for target in matched[record.url]:
            plan.facts += _new_facts(record, target, source, before=before, reading=reading)
            plan.signals += _new_signals(record, target, source, before=before)
        for target, is_itself in _sold(matched[record.url], hosted[record.url]):
            offers |= _new_offers(record, target, source, before=before, is_itself=is_itself, on=reading.on)
    plan.offers = list(offers.values())
    plan.changes = list(_in_words(plan, before, targets.slugs))
    return plan


def write_plan(plan: Plan) -> int:
    """Write a plan in one transaction; return how many artifacts have other columns now."""
    with transaction.atomic():
        SourceRecord.objects.bulk_create(
            plan.sources,
            update_conflicts=True,
            unique_fields=["kind", "url", "observed_on", "payload_digest"],
            update_fields=["fetched_at", "etag"],
        )
        Fact.objects.bulk_create(
            plan.facts,
            update_conflicts=True,
            unique_fields=["artifact", "field", "source"],
            update_fields=["value", "observed_on"],
        )
        AdoptionSignal.objects.bulk_create(plan.signals, ignore_conflicts=True)
        CapabilityDraft.objects.bulk_create(plan.drafts, ignore_conflicts=True)
        Offer.objects.bulk_create(
            plan.offers,
            update_conflicts=True,
            unique_fields=["artifact", "kind", "provider", "plan", "unit", "detail", "as_of"],
            update_fields=["amount", "currency", "source"],
        )
        changed = sorted({fact.artifact_id for fact in plan.facts})
        return settle_artifacts(changed) if changed else 0


def is_suspect(value: int, *, before: int | None) -> bool:
    """Tell whether a count has jumped too far to be believed at once.

    >>> is_suspect(357_327, before=7_346), is_suspect(90, before=2)
    (True, False)
    """
    return before is not None and value >= SUSPECT_FROM and value > SUSPECT_FACTOR * max(before, 1)


def payload_digest(payload: dict[str, Any]) -> str:
    """Return the digest of a payload, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def _source_row(record: Record, *, before: Before, reading: Reading) -> SourceRecord:
    """Return the row that holds this very payload, or a new one."""
    digest = payload_digest(record.payload)
    known = before.sources.get(record.url)
    if known is not None and known.payload_digest == digest:
        return known
    return SourceRecord(
        kind=reading.kind.value,
        name=record.title,
        url=record.url,
        observed_on=reading.on,
        fetched_at=reading.at,
        etag=record.etag,
        payload=record.payload,
        payload_digest=digest,
        connector=reading.source.value,
        subject=comparable_id(reading.id_field, record.id),
    )


def _new_facts(
    record: Record, target: Target, source: SourceRecord, *, before: Before, reading: Reading
) -> Iterator[Fact]:
    stated = dict(record.facts)
    if record.renamed_to:
        stated[f"{reading.id_field}_now"] = record.renamed_to
    for name, value in stated.items():
        # A maker's word competes for the column itself, as the weakest.
        is_own = reading.kind is SourceKind.BUILDER or target.home is reading.source
        is_guest = name in COLUMN_FIELDS and not is_own
        own_name = f"{reading.source}_{name}" if is_guest else name
        if before.facts.get((target.pk, own_name, record.url)) != value:
            yield Fact(
                artifact_id=target.pk,
                field=own_name,
                value=JSON_NULL if value is None else value,
                source=source,
                observed_on=source.observed_on,
            )


def _new_signals(
    record: Record, target: Target, source: SourceRecord, *, before: Before
) -> Iterator[AdoptionSignal]:
    for count in record.counts:
        # A source that is not saved yet has no key, so nothing is counted from it.
        if (target.pk, count.metric, source.pk) not in before.counted:
            yield _signal(count, target, source, before=before.counts.get((target.pk, count.metric)))


def _signal(count: Count, target: Target, source: SourceRecord, *, before: int | None) -> AdoptionSignal:
    return AdoptionSignal(
        artifact_id=target.pk,
        source=source,
        metric=count.metric,
        value=count.value,
        observed_on=source.observed_on,
        is_suspect=is_suspect(count.value, before=before),
    )


def _drafts(record: Record, targets: list[Target], source: SourceRecord) -> Iterator[CapabilityDraft]:
    for target in targets:
        for draft in record.drafts:
            yield CapabilityDraft(
                artifact_id=target.pk,
                name=draft.name,
                description=draft.description,
                quote=draft.quote,
                confidence=draft.confidence.value,
                input_types=[word.value for word in draft.inputs],
                output_types=[word.value for word in draft.outputs],
                intents=list(draft.intents),
                author=MANIFEST_AUTHOR,
                source_url=record.url,
                text_digest=source.payload_digest,
            )


def _sold(matched: list[Target], hosted: list[Target]) -> Iterator[tuple[Target, bool]]:
    """Yield the artifacts that a record's prices hold for, and whether the record is the artifact itself."""
    itself = {target.pk for target in matched}
    yield from ((target, True) for target in matched)
    yield from ((target, False) for target in hosted if target.pk not in itself)


def _new_offers(
    record: Record, target: Target, source: SourceRecord, *, before: Before, is_itself: bool, on: dt.date
) -> dict[OfferKey, Offer]:
    rows = {}
    for quote in record.quotes:
        plan = quote.plan if is_itself else f"{quote.plan}, {record.id}"[:160]
        key = _offer_key(quote, target, plan)
        if before.offers.get(key) != quote.amount:
            rows[key] = Offer(
                artifact_id=target.pk,
                kind=quote.kind.value,
                provider=quote.provider or target.publisher,
                plan=plan,
                unit=quote.unit.value if quote.unit else "",
                detail=quote.detail,
                amount=quote.amount,
                currency=quote.currency,
                source=source,
                as_of=on,
            )
    return rows


def _offer_key(quote: Quote, target: Target, plan: str) -> OfferKey:
    unit = quote.unit.value if quote.unit else ""
    return (
        target.pk,
        quote.kind.value,
        quote.provider or target.publisher,
        plan,
        unit,
        quote.detail,
        quote.currency,
    )


def _in_words(plan: Plan, before: Before, slugs: dict[int, str]) -> Iterator[str]:
    for fact in plan.facts:
        old = before.facts.get((fact.artifact_id, fact.field, fact.source.url))
        yield f"{slugs[fact.artifact_id]}: {fact.field} {_word(old)} -> {_word(fact.value)}"
    for signal in plan.signals:
        old = before.counts.get((signal.artifact_id, signal.metric))
        mark = " (suspect)" if signal.is_suspect else ""
        if old != signal.value:
            yield f"{slugs[signal.artifact_id]}: {signal.metric} {_word(old)} -> {signal.value:,}{mark}"
    for offer in plan.offers:
        yield f"{slugs[offer.artifact_id]}: offer {offer}"


def _word(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "nothing" if value is None or value is JSON_NULL else json.dumps(value, ensure_ascii=False)

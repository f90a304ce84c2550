"""Lets the winning facts set the artifacts' columns, for any number of artifacts in a few queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from django.db.models import Field
from django.utils import timezone

from catalog.facts import PRECEDENCE, StatedFact, winning_fact
from catalog.models import Artifact, Fact
from catalog.seed.schema import SOURCED_FIELDS
from catalog.vocabulary import SourceKind

LICENCE_FIELD = "licence"
# A licence that a source names without our knowing it; stands in where nobody says more.
DECLARED_LICENCE_FIELD = "licence_declared"
LICENCE_COLUMNS = {
    "id": "licence_id",
    "name": "licence_name",
    "url": "licence_url",
    "outputs_commercial": "licence_outputs_commercial",
    "weights_commercial": "licence_weights_commercial",
    "condition": "licence_condition",
}
SETTLED_COLUMNS = (*SOURCED_FIELDS, *LICENCE_COLUMNS.values())
# Columns that cannot be empty keep their value where no fact is left.
KEPT_COLUMNS = frozenset({"openness"})
COLUMNS: dict[str, Field[Any, Any]] = {field.name: field for field in Artifact._meta.concrete_fields}

FactsByField: TypeAlias = dict[str, list[Fact]]


def settle_artifacts(artifact_ids: Sequence[int]) -> int:
    """Mark the winning fact of each field and set the columns; return how many artifacts changed.

    At most five queries. A field that nobody states is empty.
    """
    facts = _facts_by_artifact(artifact_ids)
    winners = {id_: _winners(by_field) for id_, by_field in facts.items()}
    _mark(facts, winners)
    artifacts = Artifact.objects.filter(pk__in=artifact_ids).only("slug", *SETTLED_COLUMNS)
    changed = [
        artifact
        for artifact in artifacts
        if _set_columns(artifact, winners.get(artifact.pk, {}), facts.get(artifact.pk, {}))
    ]
    Artifact.objects.bulk_update(changed, [*SETTLED_COLUMNS, "updated_at"], batch_size=500)
    return len(changed)


def _facts_by_artifact(artifact_ids: Sequence[int]) -> dict[int, FactsByField]:
    rows: dict[int, FactsByField] = defaultdict(lambda: defaultdict(list))
    facts = Fact.objects.filter(artifact__in=artifact_ids).select_related("source")
    for fact in facts.defer("source__payload").order_by("observed_on", "source__fetched_at", "id"):
        rows[fact.artifact_id][fact.field].append(fact)
    return rows


def _winners(by_field: FactsByField) -> dict[str, Fact]:
    found = {field: _winner(facts) for field, facts in by_field.items()}
    return {field: fact for field, fact in found.items() if fact is not None}


def _winner(facts: Iterable[Fact]) -> Fact | None:
    """Return the winner among what each source says now: its older words and withdrawals do not count."""
    latest = {(fact.source.kind, fact.source.url): fact for fact in facts}
    by_key = {fact.pk: fact for fact in latest.values() if fact.value is not None}
    stated = (
        StatedFact(fact.pk, fact.value, SourceKind(fact.source.kind), fact.observed_on)
        for fact in by_key.values()
    )
    winner = winning_fact(stated)
    return by_key[winner.key] if winner else None


def _mark(facts: dict[int, FactsByField], winners: dict[int, dict[str, Fact]]) -> None:
    rows = [fact for by_field in facts.values() for group in by_field.values() for fact in group]
    winning = {fact.pk for by_field in winners.values() for fact in by_field.values()}
    lost = [fact.pk for fact in rows if fact.is_winning and fact.pk not in winning]
    won = [fact.pk for fact in rows if not fact.is_winning and fact.pk in winning]
    # One winner per field is a constraint, so the old one steps down first.
    if lost:
        Fact.objects.filter(pk__in=lost).update(is_winning=False)
    if won:
        Fact.objects.filter(pk__in=won).update(is_winning=True)


def _set_columns(artifact: Artifact, winners: dict[str, Fact], facts: FactsByField) -> bool:
    columns: dict[str, Any] = {
        field: winners[field].value if field in winners else None
        for field in SOURCED_FIELDS
        if field in winners or field not in KEPT_COLUMNS
    }
    licence = _licence(winners, facts)
    columns |= {column: licence.get(key, "") for key, column in LICENCE_COLUMNS.items()}
    is_changed = False
    for name, value in columns.items():
        clean = COLUMNS[name].to_python(value)
        if getattr(artifact, name) != clean:
            setattr(artifact, name, clean)
            is_changed = True
    if is_changed:
        artifact.updated_at = timezone.now()
    return is_changed


def _licence(winners: dict[str, Fact], facts: FactsByField) -> dict[str, Any]:
    """Return the winning licence, with what weaker sources add about the same licence.

    A registry knows the licence's name; a person who read it knows its condition.
    """
    winner = winners.get(LICENCE_FIELD) or winners.get(DECLARED_LICENCE_FIELD)
    if winner is None:
        return {}
    value: dict[str, Any] = dict(winner.value)
    others = [fact for fact in facts.get(LICENCE_FIELD, []) if fact.value is not None]
    for fact in sorted(others, key=lambda fact: PRECEDENCE[SourceKind(fact.source.kind)]):
        if fact.value["id"] == winner.value["id"]:
            value = fact.value | value
    return value

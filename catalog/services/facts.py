"""Writes facts and lets the winning ones set the artifact's columns."""

from typing import Any

from catalog.facts import StatedFact, winning_fact
from catalog.models import Artifact, Fact, SourceRecord
from catalog.seed.schema import SOURCED_FIELDS, ArtifactEntry, LicenceEntry
from catalog.vocabulary import SourceKind

LICENCE_FIELD = "licence"
LICENCE_COLUMNS = {
    "id": "licence_id",
    "name": "licence_name",
    "url": "licence_url",
    "outputs_commercial": "licence_outputs_commercial",
    "weights_commercial": "licence_weights_commercial",
    "condition": "licence_condition",
}


def replace_curated_facts(artifact: Artifact, entry: ArtifactEntry, sources: dict[str, SourceRecord]) -> None:
    """Replace the facts that the seed catalogue stated before, then settle the columns.

    Facts that a connector fetched (their source has a payload) stay and may win.
    """
    artifact.facts.filter(source__payload_digest="").delete()
    stated = entry.model_dump(mode="json", include=set(SOURCED_FIELDS), exclude_none=True)
    rows = [_fact(artifact, field, value, sources[entry.sourced[field]]) for field, value in stated.items()]
    if entry.licence is not None:
        value = _licence_value(entry.licence)
        rows.append(_fact(artifact, LICENCE_FIELD, value, sources[entry.licence.source]))
    Fact.objects.bulk_create(rows)
    settle_facts(artifact)


def settle_facts(artifact: Artifact) -> None:
    """Mark the winning fact of each field and set the artifact's columns from them; unstated is empty."""
    by_field: dict[str, list[Fact]] = {}
    for fact in artifact.facts.select_related("source"):
        by_field.setdefault(fact.field, []).append(fact)
    winners = {field: _winner(facts) for field, facts in by_field.items()}
    winning_ids = [fact.pk for fact in winners.values()]
    artifact.facts.filter(is_winning=True).exclude(pk__in=winning_ids).update(is_winning=False)
    artifact.facts.filter(pk__in=winning_ids, is_winning=False).update(is_winning=True)
    Artifact.objects.filter(pk=artifact.pk).update(**_columns({f: w.value for f, w in winners.items()}))


def _fact(artifact: Artifact, field: str, value: Any, source: SourceRecord) -> Fact:
    return Fact(artifact=artifact, field=field, value=value, source=source, observed_on=source.observed_on)


def _licence_value(licence: LicenceEntry) -> dict[str, str]:
    dumped = licence.model_dump(mode="json", include=set(LICENCE_COLUMNS), exclude_none=True)
    return {key: str(value) for key, value in dumped.items()}


def _winner(facts: list[Fact]) -> Fact:
    by_key = {fact.pk: fact for fact in facts}
    stated = (
        StatedFact(fact.pk, fact.value, SourceKind(fact.source.kind), fact.observed_on) for fact in facts
    )
    winner = winning_fact(stated)
    assert winner is not None  # noqa: S101 - `facts` is never empty
    return by_key[winner.key]


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {
        field: values.get(field) for field in SOURCED_FIELDS if field != "openness" or field in values
    }
    licence = values.get(LICENCE_FIELD, {})
    return columns | {column: licence.get(key, "") for key, column in LICENCE_COLUMNS.items()}

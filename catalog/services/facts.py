"""Writes the facts that the seed catalogue states."""

from typing import Any

from django.db.models import QuerySet

from catalog.models import Artifact, Fact, SourceRecord
from catalog.seed.schema import SOURCED_FIELDS, ArtifactEntry, LicenceEntry
from catalog.services.settle import LICENCE_COLUMNS, LICENCE_FIELD, settle_artifacts


def replace_curated_facts(artifact: Artifact, entry: ArtifactEntry, sources: dict[str, SourceRecord]) -> None:
    """Replace the facts that the seed catalogue stated before, then settle the columns.

    Facts that a connector fetched (their source has a payload) stay and may win.
    """
    delete_by_key(artifact.facts.filter(source__payload_digest=""))
    stated = entry.model_dump(mode="json", include=set(SOURCED_FIELDS), exclude_none=True)
    rows = [_fact(artifact, field, value, sources[entry.sourced[field]]) for field, value in stated.items()]
    if entry.licence is not None:
        value = _licence_value(entry.licence)
        rows.append(_fact(artifact, LICENCE_FIELD, value, sources[entry.licence.source]))
    Fact.objects.bulk_create(rows)
    settle_facts(artifact)


def delete_by_key(rows: QuerySet[Any]) -> None:
    """Delete ``rows`` in two plain statements.

    As one statement the table is joined with itself, and before a fresh table has statistics the planner
    scans it once per row: minutes for what a first load of the catalogue does in seconds.
    """
    if keys := list(rows.values_list("pk", flat=True)):
        rows.model._default_manager.filter(pk__in=keys).delete()


def settle_facts(artifact: Artifact) -> None:
    """Mark the winning fact of each field and set the artifact's columns from them; unstated is empty."""
    settle_artifacts([artifact.pk])


def _fact(artifact: Artifact, field: str, value: Any, source: SourceRecord) -> Fact:
    return Fact(artifact=artifact, field=field, value=value, source=source, observed_on=source.observed_on)


def _licence_value(licence: LicenceEntry) -> dict[str, str]:
    dumped = licence.model_dump(mode="json", include=set(LICENCE_COLUMNS), exclude_none=True)
    return {key: str(value) for key, value in dumped.items()}

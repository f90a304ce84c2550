"""Loads the seed catalogue: checked first, then written whole or not at all.

Loading the same files twice changes nothing: an artifact whose content digest is unchanged is left
alone. Capabilities keep their rows (and so their embeddings) as long as their names stay.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import Model

from catalog.models import (
    AdoptionSignal,
    Artifact,
    Capability,
    Category,
    Link,
    Offer,
    Publisher,
    Relation,
    ReportedResult,
    SourceRecord,
)
from catalog.seed.read import Catalogue, Names, read_catalogue
from catalog.seed.schema import ArtifactEntry
from catalog.services.facts import delete_by_key, replace_curated_facts
from catalog.services.load_reported import mark_copies, write_documents
from catalog.services.sources import source_record, standing_ids
from catalog.vocabulary import Origin


@dataclass(frozen=True)
class LoadReport:
    """What a load did."""

    created: int
    updated: int
    unchanged: int
    documents: int = 0
    changed_documents: int = 0

    def __str__(self) -> str:
        text = f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged"
        if not self.documents:
            return text
        return f"{text}; {self.documents} documents of reported results, {self.changed_documents} changed"


Sources: TypeAlias = dict[str, SourceRecord]


def load_catalogue(paths: Iterable[Path]) -> LoadReport:
    """Load catalogue folders and files.

    Raises:
        CatalogueError: naming file, entry and field; nothing has been written then.
    """
    catalogue = read_catalogue(paths, known=_known_names())
    with transaction.atomic():
        return _write(catalogue)


def _known_names() -> Names:
    return Names(
        frozenset(Publisher.objects.values_list("slug", flat=True)),
        frozenset(Category.objects.values_list("slug", flat=True)),
        frozenset(Artifact.everything.values_list("slug", flat=True)),
    )


def _write(catalogue: Catalogue) -> LoadReport:
    _write_shelves(catalogue)
    digests = dict(Artifact.everything.values_list("slug", "content_digest"))
    # What a person merged into another artifact stays as it was, whatever its file says meanwhile.
    merged = set(Artifact.everything.exclude(merged_into=None).values_list("slug", flat=True))
    changed = [
        entry
        for entry in catalogue.artifacts
        if entry.slug not in merged and digests.get(entry.slug) != _digest(entry)
    ]
    if changed:
        rows = _write_artifacts(changed)
        for entry in changed:
            _write_parts(rows[entry.slug], entry)
        _write_relations(changed, rows)
    changed_documents = write_documents(catalogue.documents)
    if changed or changed_documents:
        mark_copies()
    created = sum(entry.slug not in digests for entry in changed)
    return LoadReport(
        created,
        len(changed) - created,
        len(catalogue.artifacts) - len(changed),
        len(catalogue.documents),
        changed_documents,
    )


def _write_shelves(catalogue: Catalogue) -> None:
    Publisher.objects.bulk_create(
        [
            Publisher(slug=entry.slug, name=entry.name, url=str(entry.url or ""))
            for entry in catalogue.publishers
        ],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["name", "url"],
    )
    Category.objects.bulk_create(
        [Category(**entry.model_dump()) for entry in catalogue.categories],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["name", "description"],
    )


def _digest(entry: ArtifactEntry) -> str:
    return hashlib.sha256(entry.model_dump_json().encode()).hexdigest()


DIRECT_COLUMNS = (
    "name",
    "aliases",
    "summary",
    "about",
    "best_for",
    "limitations",
    "requirements",
    "is_demonstration",
)
OPTIONAL_TEXT_COLUMNS = ("hub_id", "github_repo", "router_id", "package_name", "weights_path")


def _write_artifacts(entries: Sequence[ArtifactEntry]) -> dict[str, Artifact]:
    publishers = {row.slug: row for row in Publisher.objects.all()}
    rows = [_artifact_row(entry, publishers[entry.publisher]) for entry in entries]
    fields = [field for field in _columns(rows[0]) if field != "slug"]
    Artifact.objects.bulk_create(rows, update_conflicts=True, unique_fields=["slug"], update_fields=fields)
    return {row.slug: row for row in Artifact.objects.filter(slug__in=[entry.slug for entry in entries])}


def _columns(row: Artifact) -> list[str]:
    written_elsewhere = {"id", "created_at", "rank_score", "rank_low", "rank_high"}
    return [field.name for field in row._meta.concrete_fields if field.name not in written_elsewhere]


def _artifact_row(entry: ArtifactEntry, publisher: Publisher) -> Artifact:
    return Artifact(
        slug=entry.slug,
        publisher=publisher,
        kind=entry.kind.value,
        status=entry.status.value,
        # Facts set these two columns again right after; the row must be valid until then.
        openness=entry.openness.value,
        inputs=[word.value for word in entry.inputs],
        outputs=[word.value for word in entry.outputs],
        content_digest=_digest(entry),
        **{name: getattr(entry, name) for name in DIRECT_COLUMNS},
        **{name: getattr(entry, name) or "" for name in OPTIONAL_TEXT_COLUMNS},
    )


def _write_parts(artifact: Artifact, entry: ArtifactEntry) -> None:
    sources = {key: source_record(source) for key, source in entry.sources.items()}
    artifact.categories.set(Category.objects.filter(slug__in=entry.categories))
    _write_capabilities(artifact, entry)
    _replace(artifact, Link, [{"rel": link.rel.value, "url": str(link.url)} for link in entry.links])
    _replace(artifact, Offer, _offers(entry, sources), only_curated=True)
    _replace(artifact, AdoptionSignal, _adoption(entry, sources), only_curated=True)
    artifact.reported_results.filter(document="").delete()
    ReportedResult.objects.bulk_create(
        ReportedResult(artifact=artifact, **row) for row in _reported_results(entry, sources)
    )
    replace_curated_facts(artifact, entry, sources)


def _write_capabilities(artifact: Artifact, entry: ArtifactEntry) -> None:
    rows = [
        Capability(
            artifact=artifact,
            position=position,
            input_types=[word.value for word in capability.inputs],
            output_types=[word.value for word in capability.outputs],
            unique_aspect=capability.unique_aspect or "",
            versus_alternatives=capability.versus_alternatives or "",
            source_urls=[url for key in capability.sources if (url := entry.sources[key].address)],
            confidence=capability.confidence.value,
            origin=capability.origin.value,
            **capability.model_dump(
                include={"name", "description", "best_for", "limitations", "requirements", "intents"}
            ),
        )
        for position, capability in enumerate(entry.capabilities)
    ]
    Capability.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["artifact", "name"],
        update_fields=[
            field.name
            for field in Capability._meta.concrete_fields
            if field.name not in {"id", "artifact", "name"}
        ],
    )
    # What was approved from drafts, or stated by the builder, is not the files' to take away.
    stated_here = artifact.capabilities.exclude(origin__in=[Origin.DECOMPOSED.value, Origin.BUILDER.value])
    stated_here.exclude(name__in=[row.name for row in rows]).delete()


def _replace(
    artifact: Artifact, model: type[Model], rows: list[dict[str, Any]], *, only_curated: bool = False
) -> None:
    """Make the artifact's rows of ``model`` be ``rows``; what connectors observed stays."""
    old = model._default_manager.filter(artifact=artifact)
    if only_curated:
        old = old.filter(source__payload_digest="")
    delete_by_key(old)
    model._default_manager.bulk_create(
        [model(artifact=artifact, **row) for row in rows],
        # A connector may have read the same price on the same day; what it wrote stands.
        ignore_conflicts=model is Offer,
    )


def _offers(entry: ArtifactEntry, sources: Sources) -> list[dict[str, Any]]:
    return [
        {
            "kind": offer.kind.value,
            "provider": offer.provider,
            "plan": offer.plan,
            "unit": offer.unit.value if offer.unit else "",
            "detail": offer.detail or "",
            "amount": offer.amount,
            "currency": offer.currency,
            "source": sources[offer.source],
            "as_of": offer.as_of or sources[offer.source].observed_on,
        }
        for offer in entry.offers
    ]


def _adoption(entry: ArtifactEntry, sources: Sources) -> list[dict[str, Any]]:
    return [
        {
            "metric": signal.metric,
            "value": signal.value,
            "source": sources[signal.source],
            "observed_on": signal.observed_on or sources[signal.source].observed_on,
        }
        for signal in entry.adoption
    ]


def _reported_results(entry: ArtifactEntry, sources: Sources) -> list[dict[str, Any]]:
    return [
        {
            **result.model_dump(include={"benchmark", "metric", "value", "reported_by", "is_primary"}),
            "claimant": result.claimant.value,
            "source": sources[result.source],
            "observed_on": sources[result.source].observed_on,
        }
        for result in entry.reported_results
    ]


def _write_relations(entries: Sequence[ArtifactEntry], rows: dict[str, Artifact]) -> None:
    targets = {relation.to for entry in entries for relation in entry.relations}
    ids = standing_ids(targets)
    Relation.objects.filter(artifact__in=rows.values()).delete()
    Relation.objects.bulk_create(
        Relation(artifact=rows[entry.slug], target_id=ids[relation.to], type=relation.type.value)
        for entry in entries
        for relation in entry.relations
        if ids[relation.to] != rows[entry.slug].pk
    )

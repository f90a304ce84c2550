"""Writes benchmark values that others published, and marks those that only repeat another document."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from catalog.copies import StatedResult, copies
from catalog.models import ReportedResult
from catalog.seed.reported import ReportedDocumentEntry
from catalog.services.sources import source_record, standing_ids
from catalog.vocabulary import Claimant

Row: TypeAlias = tuple[Any, ...]
COMPARED = (
    "artifact_id",
    "benchmark",
    "metric",
    "value",
    "reported_by",
    "claimant",
    "is_primary",
    "source_id",
    "observed_on",
)


def write_documents(documents: Sequence[ReportedDocumentEntry]) -> int:
    """Make the database hold what the documents state; return how many of them changed anything."""
    ids = standing_ids()
    return sum(_write_document(document, ids) for document in documents)


def _write_document(document: ReportedDocumentEntry, ids: dict[str, int]) -> bool:
    source = source_record(document.source)
    rows = [
        ReportedResult(
            artifact_id=ids[stated.artifact],
            benchmark=stated.benchmark,
            metric=stated.metric,
            value=stated.value,
            reported_by=document.reported_by,
            claimant=stated.claimant.value,
            is_primary=document.is_primary,
            document=document.slug,
            source=source,
            observed_on=source.observed_on,
        )
        for stated in document.statements()
    ]
    old = ReportedResult.objects.filter(document=document.slug)
    if set(old.values_list(*COMPARED)) == {tuple(getattr(row, name) for name in COMPARED) for row in rows}:
        return False
    old.delete()
    ReportedResult.objects.bulk_create(rows)
    return True


def mark_copies(artifact_ids: Iterable[int] | None = None) -> int:
    """Point every repeated value at the original; return how many rows changed. Two queries.

    Without ``artifact_ids`` over all artifacts.
    """
    # In no order: the default one joins a third table, over which a plan without statistics takes minutes.
    results = ReportedResult.objects.order_by().select_related("source").defer("source__payload")
    if artifact_ids is not None:
        results = results.filter(artifact__in=list(artifact_ids))
    rows = list(results)
    found = copies(_stated(row) for row in rows)
    changed = [row for row in rows if row.copy_of_id != found.get(row.pk)]
    for row in changed:
        row.copy_of_id = found.get(row.pk)
    ReportedResult.objects.bulk_update(changed, ["copy_of"], batch_size=1000)
    return len(changed)


def _stated(row: ReportedResult) -> StatedResult:
    return StatedResult(
        key=row.pk,
        artifact=row.artifact_id,
        benchmark=row.benchmark,
        metric=row.metric,
        value=row.value,
        claimant=Claimant(row.claimant),
        is_primary=row.is_primary,
        source=row.source.url,
    )

"""An artifact's family and ties: what it was made from, what was made from it, what runs what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from catalog.models import Relation
from catalog.vocabulary import Kind, RelationType
from web.pages.folding import Folded, folded

SHOWN = 8
# Each tie is read from both ends; the order is the one on the page, the family before the tools.
OUTWARD: Mapping[RelationType, str] = {
    RelationType.DISTILLED_FROM: "Distilled from",
    RelationType.QUANTISED_FROM: "Quantised from",
    RelationType.FINETUNED_FROM: "Fine-tuned from",
    RelationType.VARIANT_OF: "Variant of",
    RelationType.SUCCESSOR_OF: "Successor of",
    RelationType.IMPLEMENTS: "Implements",
    RelationType.RUNS: "Runs",
}
INWARD: Mapping[RelationType, str] = {
    RelationType.SUCCESSOR_OF: "Succeeded by",
    RelationType.DISTILLED_FROM: "Distilled into",
    RelationType.QUANTISED_FROM: "Quantised as",
    RelationType.FINETUNED_FROM: "Fine-tuned into",
    RelationType.VARIANT_OF: "Variants",
    RelationType.IMPLEMENTS: "Implemented by",
    RelationType.RUNS: "Runs in",
}
# Where the artifact that "runs" another is one of these, it is no program for it but needs it, or is made of it.
RUNS_BY_KIND: Mapping[Kind, tuple[str, str]] = {
    Kind.EXTENSION: ("Add-on to", "Add-ons"),
    Kind.FINETUNE: ("Built on", "Built on it"),
    Kind.MODEL: ("Uses", "Used by"),
    Kind.WORKFLOW: ("Uses", "Used by"),
    Kind.TEMPLATE: ("Uses", "Used by"),
}


@dataclass(frozen=True)
class Tied:
    """The artifact at the other end."""

    name: str
    path: str


@dataclass(frozen=True)
class FamilyLine:
    """Everything that stands in one relation to the artifact."""

    label: str
    others: Folded[Tied]


def family(artifact_id: int) -> tuple[FamilyLine, ...]:
    """Return an artifact's ties from both ends, ends of one label together by name. One query."""
    rows = Relation.objects.filter(Q(artifact=artifact_id) | Q(target=artifact_id))
    rows = rows.select_related("artifact", "target").order_by("artifact__name", "target__name")
    found: dict[str, list[Tied]] = {}
    for row in rows:
        is_outward = row.artifact_id == artifact_id
        other = row.target if is_outward else row.artifact
        label = _label(row, is_outward=is_outward)
        found.setdefault(label, []).append(Tied(other.name, other.get_absolute_url()))
    by_kind = [label for labels in RUNS_BY_KIND.values() for label in labels]
    return tuple(_lines(found, dict.fromkeys((*OUTWARD.values(), *INWARD.values(), *by_kind))))


def _label(row: Relation, *, is_outward: bool) -> str:
    """Return what a tie is called at this end: "runs" depends on what the artifact that runs is."""
    kind = Kind(row.artifact.kind)
    if row.type == RelationType.RUNS and kind in RUNS_BY_KIND:
        outward, inward = RUNS_BY_KIND[kind]
        return outward if is_outward else inward
    return (OUTWARD if is_outward else INWARD)[RelationType(row.type)]


def _lines(found: Mapping[str, list[Tied]], labels: Iterable[str]) -> Iterable[FamilyLine]:
    for label in labels:
        if label in found:
            yield FamilyLine(label, folded(found[label], at=SHOWN))

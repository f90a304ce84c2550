"""An artifact's family and ties: what it was made from, what was made from it, what runs what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from catalog.models import Relation
from catalog.vocabulary import RelationType
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
        label = (OUTWARD if is_outward else INWARD)[RelationType(row.type)]
        found.setdefault(label, []).append(Tied(other.name, other.get_absolute_url()))
    return tuple(_lines(found, (*OUTWARD.values(), *INWARD.values())))


def _lines(found: Mapping[str, list[Tied]], labels: Iterable[str]) -> Iterable[FamilyLine]:
    for label in labels:
        if label in found:
            yield FamilyLine(label, folded(found[label], at=SHOWN))

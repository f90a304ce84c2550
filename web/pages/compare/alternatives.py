"""What else does the same as either side."""

from dataclasses import dataclass

from django.db.models import Q

from catalog.models import Artifact
from matchgraph.models import Overlap
from web.pages.cards import ArtifactCard, artifact_card
from web.pages.compare.sides import ComparedArtifact

PER_SIDE = 3
# Enough of the best overlaps of both sides together that each has its few.
READ = 16
CARD_COLUMNS = (
    "slug",
    "name",
    "kind",
    "summary",
    "openness",
    "is_demonstration",
    "rank_score",
    "rank_low",
    "rank_high",
    "publisher__name",
)


@dataclass(frozen=True)
class Alternative:
    """An artifact, the overlap of its capabilities with the side's (0-100) and how many pair off."""

    card: ArtifactCard
    overlap: str
    n_shared: int


@dataclass(frozen=True)
class Alternatives:
    """The closest artifacts to one side."""

    side: ComparedArtifact
    items: tuple[Alternative, ...]


def alternatives_of(first: ComparedArtifact, second: ComparedArtifact) -> tuple[Alternatives, Alternatives]:
    """Return the artifacts that overlap most with each side, without the other side. One query."""
    ids = [first.artifact.pk, second.artifact.pk]
    rows = list(
        Overlap.objects.filter(Q(first__in=ids) | Q(second__in=ids))
        .exclude(first__in=ids, second__in=ids)
        .filter(score__gt=0, first__is_demonstration=False, second__is_demonstration=False)
        .select_related("first__publisher", "second__publisher")
        .only("score", "pairs", *(f"{side}__{name}" for side in ("first", "second") for name in CARD_COLUMNS))
        .order_by("-score")[:READ]
    )
    return _of(first, rows), _of(second, rows)


def _of(side: ComparedArtifact, rows: list[Overlap]) -> Alternatives:
    others = [(row, other) for row in rows if (other := _other(row, side.artifact))]
    return Alternatives(
        side,
        tuple(
            Alternative(artifact_card(other), f"{row.score * 100:.0f}", len(row.pairs))
            for row, other in others[:PER_SIDE]
        ),
    )


def _other(row: Overlap, artifact: Artifact) -> Artifact | None:
    if artifact.pk not in {row.first_id, row.second_id}:
        return None
    return row.second if row.first_id == artifact.pk else row.first

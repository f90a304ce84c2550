"""What else does the same as a side."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from catalog.models import Artifact
from matchgraph.models import Overlap
from matchgraph.models.graph import OverlapQuerySet
from web.pages.cards import ArtifactCard, artifact_card

PER_SIDE = 3
# So many more are read, since up to three of them may be the other sides themselves.
MOST_OTHERS = 3
CARD_COLUMNS = (
    "slug",
    "name",
    "kind",
    "summary",
    "openness",
    "is_demonstration",
    "status",
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


def alternatives_of(artifact_ids: Sequence[int]) -> dict[int, tuple[Alternative, ...]]:
    """Return the few artifacts that overlap most with each of some artifacts, closest first. One query."""
    first, *rest = (_closest(id_) for id_ in artifact_ids)
    rows = list(first.union(*rest, all=True) if rest else first)
    rows.sort(key=lambda row: -row.score)
    return {
        id_: tuple(
            Alternative(artifact_card(_other(row, id_)), f"{row.score * 100:.0f}", len(row.pairs))
            for row in {row.pk: row for row in rows if id_ in {row.first_id, row.second_id}}.values()
        )
        for id_ in artifact_ids
    }


def _closest(artifact_id: int) -> OverlapQuerySet:
    columns = (f"{side}__{name}" for side in ("first", "second") for name in CARD_COLUMNS)
    return (
        Overlap.objects.filter(Q(first=artifact_id) | Q(second=artifact_id))
        .filter(score__gt=0, first__is_demonstration=False, second__is_demonstration=False)
        .select_related("first__publisher", "second__publisher")
        .only("score", "pairs", *columns)
        .order_by("-score", "pk")[: PER_SIDE + MOST_OTHERS]
    )


def _other(row: Overlap, artifact_id: int) -> Artifact:
    return row.second if row.first_id == artifact_id else row.first

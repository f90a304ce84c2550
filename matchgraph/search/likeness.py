"""How like a named artifact the others are: what they share, and whether they are for the same use."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When

from catalog.models import Artifact, Category
from catalog.vocabulary import Kind
from matchgraph.models import Overlap
from matchgraph.search.conditions import is_software
from matchgraph.search.records import ConstraintKind, ParsedQuery

# What is shared counts more than the same use, which alone is no more than a fair fit.
SHARED, SAME_USE = 0.55, 0.45
# Where even the nearest shares less than this, the nearest is not very near.
LEAST_NEAR = 0.25
# Who wants something like a program wants a program, and who wants a model or a service wants one of these;
# the others keep this much of their likeness.
OTHER_SORT_KEEPS = 0.5
READ = [kind.value for kind in (Kind.PAPER, Kind.BENCHMARK, Kind.DATASET, Kind.PROMPT)]
# In a large catalogue no more than these are laid beside the one named.
MOST_COMPARED = 500
# Shelves that say how something is had, not what it is for.
NOT_USES = ("hosted-apis", "distilled-and-fast")
# A model that can be trained is still used for drawing.
NOT_USES_OF_MODELS = ("fine-tuning",)


@dataclass(frozen=True)
class Likeness:
    """How like a named artifact another one is, 0-1.

    ``capability_id`` is the one of its own that is most alike, ``uses`` are the shelves that both stand on.
    """

    share: float
    n_shared: int
    capability_id: int | None
    uses: tuple[str, ...]


def likeness_to(parsed: ParsedQuery, *, among: QuerySet[Artifact]) -> dict[int, Likeness]:
    """Return how like the artifact that a query names others are, of ``among``. Five queries, if it names one."""
    asked = parsed.constraint(ConstraintKind.LIKE)
    if asked is None:
        return {}
    uses = Prefetch("categories", queryset=Category.objects.exclude(slug__in=NOT_USES))
    liked = Artifact.objects.filter(slug=asked.value).prefetch_related(uses).first()
    if liked is None:
        return {}
    overlaps = _overlaps(liked.pk)
    nearest = max([LEAST_NEAR, *(row.score for row in overlaps.values())])
    candidates = _candidates(among, overlaps.keys(), liked.categories.all()).prefetch_related(uses)
    likenesses = {
        other.pk: _likeness(liked, other, overlaps.get(other.pk), nearest=nearest)
        for other in candidates
        if other != liked
    }
    return {pk: likeness for pk, likeness in likenesses.items() if likeness.share > 0}


def _candidates(
    among: QuerySet[Artifact], near: Collection[int], shelves: Iterable[Category]
) -> QuerySet[Artifact]:
    """Return what shares capabilities, then the best ranked that stand on the same shelves."""
    on_shelf = Artifact.categories.through.objects.filter(
        artifact=OuterRef("pk"), category__in=[shelf.pk for shelf in shelves]
    )
    shares = Case(When(pk__in=list(near), then=Value(0)), default=Value(1))
    candidates = among.only("slug", "kind").filter(Q(pk__in=list(near)) | Q(Exists(on_shelf)))
    return candidates.order_by(shares, F("rank_score").desc(nulls_last=True), "slug")[:MOST_COMPARED]


def _overlaps(liked_id: int) -> Mapping[int, Overlap]:
    rows = Overlap.objects.filter(Q(first=liked_id) | Q(second=liked_id), score__gt=0)
    return {row.second_id if row.first_id == liked_id else row.first_id: row for row in rows}


def _likeness(liked: Artifact, other: Artifact, overlap: Overlap | None, *, nearest: float) -> Likeness:
    uses, wanted = _uses(other), _uses(liked)
    both = uses & wanted
    # What does a part of it is for the same use as far as it goes.
    same_use = len(both) / min(len(uses), len(wanted)) if both else 0.0
    shared = overlap.score / nearest if overlap else 0.0
    kept = 1.0 if _sort(liked) == _sort(other) else OTHER_SORT_KEEPS
    pairs = overlap.pairs if overlap else []
    side = "second" if overlap and overlap.second_id == other.pk else "first"
    return Likeness(
        share=kept * (SHARED * shared + SAME_USE * same_use),
        n_shared=len(pairs),
        capability_id=pairs[0][side] if pairs else None,
        uses=tuple(sorted(both)),
    )


def _sort(artifact: Artifact) -> str:
    if is_software(artifact):
        return "software"
    return "reading" if artifact.kind in READ else "what draws"


def _uses(artifact: Artifact) -> frozenset[str]:
    left_out = () if is_software(artifact) else NOT_USES_OF_MODELS
    return frozenset(category.name for category in artifact.categories.all() if category.slug not in left_out)

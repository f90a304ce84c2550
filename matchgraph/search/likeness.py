"""How like a named artifact the others are: what they share, and whether they are for the same use."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from catalog.models import Artifact, Category
from catalog.vocabulary import Kind
from matchgraph.models import Overlap
from matchgraph.search.conditions import is_software
from matchgraph.search.records import ConstraintKind, ParsedQuery

# Likeness is half what is shared and half the same use: two capability lists in different words share little.
SHARED, SAME_USE = 0.5, 0.5
# Where even the nearest shares less than this, the nearest is not very near.
LEAST_NEAR = 0.25
# Who wants something like a program wants a program, and who wants a model or a service wants one of these;
# the others keep this much of their likeness.
OTHER_SORT_KEEPS = 0.5
READ = [kind.value for kind in (Kind.PAPER, Kind.BENCHMARK, Kind.DATASET, Kind.PROMPT)]
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


def likeness_to(parsed: ParsedQuery) -> dict[int, Likeness]:
    """Return how like the artifact that a query names the others are. Three queries, if it names one."""
    asked = parsed.constraint(ConstraintKind.LIKE)
    if asked is None:
        return {}
    uses = Prefetch("categories", queryset=Category.objects.exclude(slug__in=NOT_USES))
    artifacts = Artifact.objects.only("slug", "kind").prefetch_related(uses)
    liked = next((artifact for artifact in artifacts if artifact.slug == asked.value), None)
    if liked is None:
        return {}
    overlaps = _overlaps(liked.pk)
    nearest = max([LEAST_NEAR, *(row.score for row in overlaps.values())])
    likenesses = {
        artifact.pk: _likeness(liked, artifact, overlaps.get(artifact.pk), nearest=nearest)
        for artifact in artifacts
        if artifact != liked
    }
    return {pk: likeness for pk, likeness in likenesses.items() if likeness.share > 0}


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

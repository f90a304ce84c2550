"""The page object of ``/``."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from catalog.models import Artifact, Capability, Category
from catalog.vocabulary import Kind
from evaluation.models import Sample
from matchgraph.audience import opened_pairs
from web.pages.brief.changes import Changes, changes_of
from web.pages.brief.week import week_of
from web.pages.cards import ArtifactCard, SuggestedComparison, artifact_card, neighbours
from web.pages.meta import Meta
from web.pages.search import EXAMPLES
from web.pages.showcase import Showcase, showcase
from web.pages.suggestions import suggestions

LEADERS = 10
COMPARISONS = 6


@dataclass(frozen=True)
class Shelf:
    """A category with the number of its artifacts."""

    slug: str
    name: str
    description: str
    path: str
    count: int


@dataclass(frozen=True)
class HomePage:
    """Search first, then pictures, then the field with its intervals."""

    meta: Meta
    examples: tuple[str, ...]
    suggestions: tuple[str, ...]
    showcase: Showcase | None
    leaders: tuple[ArtifactCard, ...]
    changes: tuple[Changes, ...]
    changed_when: str
    opened: tuple[SuggestedComparison, ...]
    comparisons: tuple[SuggestedComparison, ...]
    shelves: tuple[Shelf, ...]
    n_artifacts: int
    n_demonstrations: int
    n_capabilities: int
    n_pictures: int


def home_page() -> HomePage:
    """Return the home page."""
    leaders = Artifact.objects.real().filter(kind=Kind.MODEL).ranked().select_related("publisher")[:LEADERS]
    cards = [artifact_card(artifact) for artifact in leaders]
    changes, changed_when = _changes()
    return HomePage(
        meta=Meta(
            title=settings.SITE_NAME,
            description="Which image model or tool to use, and how you know: same prompt, same seed, both "
            "pictures, both scores, the price and the licence.",
            path=reverse("home"),
            has_own_search=True,
        ),
        examples=EXAMPLES,
        suggestions=suggestions(),
        showcase=showcase(),
        leaders=tuple(cards),
        changes=changes,
        changed_when=changed_when,
        opened=_opened(),
        comparisons=neighbours(cards[: COMPARISONS + 1]),
        shelves=shelves(),
        n_artifacts=Artifact.objects.real().count(),
        n_demonstrations=Artifact.objects.filter(is_demonstration=True).count(),
        n_capabilities=Capability.objects.filter(artifact__is_demonstration=False).count(),
        n_pictures=Sample.objects.filter(status=Sample.Status.OK).count(),
    )


def _changes() -> tuple[tuple[Changes, ...], str]:
    """Return what changed this week, or in the last where nothing has yet, and which of them it is."""
    this = week_of(timezone.localdate())
    if now := changes_of(this):
        return now, "this week"
    return changes_of(this.before), "last week"


def _opened() -> tuple[SuggestedComparison, ...]:
    """Return the comparisons that people open, as far as searches recorded them. Two queries."""
    pairs = opened_pairs(limit=COMPARISONS)
    slugs = {slug for pair in pairs for slug in (pair.first_slug, pair.second_slug)}
    rows = Artifact.objects.filter(slug__in=slugs).select_related("publisher")
    cards = {row.slug: artifact_card(row) for row in rows}
    return tuple(
        SuggestedComparison(first, second, first.compare_path(second.slug))
        for first, second in ((cards[pair.first_slug], cards[pair.second_slug]) for pair in pairs)
    )


def shelves() -> tuple[Shelf, ...]:
    """Return the categories that have artifacts, the fullest first. One query."""
    real = Count("artifacts", filter=Q(artifacts__is_demonstration=False))
    rows = Category.objects.annotate(n=real).filter(n__gt=0).order_by("-n", "name")
    return tuple(
        Shelf(row.slug, row.name, row.description, reverse("category", args=[row.slug]), row.n)
        for row in rows
    )

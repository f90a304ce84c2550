"""The page objects of ``/leaderboard/`` and ``/category/<slug>/``."""

from dataclasses import dataclass

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.urls import reverse

from catalog.models import Artifact, Category
from catalog.models.artifact import ArtifactQuerySet
from catalog.vocabulary import Kind
from ranking.selectors import SnapshotView, current_snapshot, rank_entries
from web.formatting import kind_label
from web.pages.cards import ArtifactCard, SuggestedComparison, artifact_card, neighbours
from web.pages.components import Component, components_of
from web.pages.meta import Crumb, Meta, shortened
from web.pages.places import place_ranges, place_words

PER_PAGE = 50
SUGGESTED = 4


@dataclass(frozen=True)
class Standing:
    """One row: the places that its interval allows, the artifact and the parts of its rank."""

    places: str
    card: ArtifactCard
    components: tuple[Component, ...]


@dataclass(frozen=True)
class Tab:
    """A kind that the leaderboard can be narrowed to."""

    label: str
    path: str
    count: int
    is_current: bool


@dataclass(frozen=True)
class LeaderboardPage:
    """A page of standings; ``unranked`` artifacts are named, not hidden."""

    meta: Meta
    title: str
    lead: str
    tabs: tuple[Tab, ...]
    standings: tuple[Standing, ...]
    unranked: tuple[ArtifactCard, ...]
    suggestions: tuple[SuggestedComparison, ...]
    snapshot: SnapshotView | None
    page: Page[Artifact]
    query: str


def leaderboard_page(kind: str, number: str) -> LeaderboardPage:
    """Return one page of the standings of a kind; models where the kind is not known."""
    counts = dict(Artifact.objects.real().values_list("kind").annotate(n=Count("pk")).order_by("kind"))
    chosen = Kind(kind) if kind in counts else Kind.MODEL
    path = reverse("leaderboard")
    label = kind_label(chosen)
    meta = Meta(
        title=f"{label} leaderboard",
        description=f"Every {label.lower()} of the catalogue by {settings.RANK_NAME}, with its interval.",
        path=path if chosen == Kind.MODEL else f"{path}?kind={chosen}",
        crumbs=(Crumb("Leaderboard", path),),
    )
    tabs = tuple(
        Tab(kind_label(name), f"{path}?kind={name}", n, name == chosen) for name, n in counts.items()
    )
    artifacts = Artifact.objects.real().filter(kind=chosen)
    lead = "Overlapping intervals share places: only what stands apart is told apart."
    return _page(artifacts, meta, tabs, lead, number, query=f"kind={chosen}&")


def category_page(slug: str, number: str) -> LeaderboardPage | None:
    """Return one page of a category's standings; None if there is no such category."""
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        return None
    path = reverse("category", args=[slug])
    meta = Meta(
        title=f"{category.name}: models and tools compared",
        description=shortened(category.description),
        path=path,
        crumbs=(Crumb(category.name, path),),
    )
    return _page(Artifact.objects.real().filter(categories=category), meta, (), category.description, number)


def _page(
    artifacts: ArtifactQuerySet, meta: Meta, tabs: tuple[Tab, ...], lead: str, number: str, query: str = ""
) -> LeaderboardPage:
    ranked = artifacts.ranked().select_related("publisher")
    page = Paginator(ranked, PER_PAGE).get_page(number)
    rows = list(page)
    places = _places(artifacts)
    entries = rank_entries([artifact.pk for artifact in rows])
    cards = [artifact_card(artifact) for artifact in rows]
    standings = tuple(
        Standing(
            places[artifact.pk], card, components_of(entries[artifact.pk]) if artifact.pk in entries else ()
        )
        for artifact, card in zip(rows, cards, strict=True)
    )
    unranked = artifacts.filter(rank_score__isnull=True).select_related("publisher").order_by("name")
    return LeaderboardPage(
        meta=meta,
        title=meta.crumbs[-1].name if not tabs else meta.title,
        lead=lead,
        tabs=tabs,
        standings=standings,
        unranked=tuple(artifact_card(artifact) for artifact in unranked[:PER_PAGE]),
        suggestions=neighbours(cards[: SUGGESTED + 1]),
        snapshot=current_snapshot(),
        page=page,
        query=query,
    )


def _places(artifacts: ArtifactQuerySet) -> dict[int, str]:
    """Return the range of places of every ranked artifact of the list."""
    rows = list(artifacts.ranked().values_list("pk", "rank_low", "rank_high"))
    ranges = place_ranges([(float(low), float(high)) for _, low, high in rows])
    return {row[0]: place_words(*places) for row, places in zip(rows, ranges, strict=True)}

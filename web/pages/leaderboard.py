"""The page objects of ``/leaderboard/`` and ``/category/<slug>/``."""

from dataclasses import dataclass

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.urls import reverse

from catalog.models import Artifact, Category
from catalog.models.artifact import ArtifactQuerySet
from catalog.vocabulary import Kind
from ranking.compute.verdict import RankSide
from ranking.selectors import SnapshotView, current_snapshot, rank_entries
from web.formatting import kind_label
from web.pages.cards import ArtifactCard, SuggestedComparison, artifact_card, neighbours
from web.pages.components import Component, components_of
from web.pages.meta import Crumb, Meta, shortened
from web.pages.places import place_range, place_words

PER_PAGE = 50
SUGGESTED = 4
RANK_COLUMNS = ("rank_score", "rank_low", "rank_high")


@dataclass(frozen=True)
class Standing:
    """One row: the range of places that it may hold, the artifact and the parts of its rank."""

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
    component_labels: tuple[str, ...]
    snapshot: SnapshotView | None
    page: Page[Artifact]
    query: str


def leaderboard_page(kind: str, number: str) -> LeaderboardPage:
    """Return one page of the standings of a kind; models where the kind is not known."""
    rows = Artifact.objects.real().values_list("kind").annotate(n=Count("pk")).order_by("-n", "kind")
    counts = dict(rows)
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
    lead = "A place is a range: only what a verdict would call clear is told apart."
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
    places = _places(artifacts, {artifact.pk for artifact in rows})
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
        component_labels=tuple(part.label for part in standings[0].components) if standings else (),
        snapshot=current_snapshot(),
        page=page,
        query=query,
    )


def _places(artifacts: ArtifactQuerySet, shown: set[int]) -> dict[int, str]:
    """Return the range of places of the artifacts shown, among all of the list."""
    field = {artifact.pk: _rank_side(artifact) for artifact in artifacts.ranked().only(*RANK_COLUMNS)}
    rivals = list(field.values())
    return {pk: place_words(*place_range(field[pk], rivals)) for pk in shown}


def _rank_side(artifact: Artifact) -> RankSide:
    """Return a ranked artifact's interval; ``ranked`` has left out what has none."""
    score, low, high = (float(v or 0) for v in (artifact.rank_score, artifact.rank_low, artifact.rank_high))
    return RankSide(score, low, high, components=())

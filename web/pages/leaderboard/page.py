"""The page objects of ``/leaderboard/`` and ``/category/<slug>/``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.core.paginator import Page
from django.db.models import Count
from django.urls import reverse

from catalog.models import Artifact, Category
from catalog.models.artifact import ArtifactQuerySet
from catalog.vocabulary import Kind
from ranking.compute.formula import MILLI, Formula, parse_formula, read_definition
from ranking.selectors import Movers, SnapshotView, current_snapshot, movers, score_histories
from web.formatting import kind_label
from web.pages.board_image import board_title, ranked_image
from web.pages.cards import ArtifactCard, SuggestedComparison, artifact_card, neighbours
from web.pages.components import Component, components_of
from web.pages.leaderboard.charts import Chart, Spark, price_chart, spark, speed_chart
from web.pages.leaderboard.choices import SORTS, WEIGHT_PREFIX, Choices, choices_of, shown
from web.pages.leaderboard.rows import BoardRow, board_rows, kept, ordered, unsorted_words
from web.pages.linked_data import item_list
from web.pages.meta import Crumb, Meta, shortened
from web.pages.paging import page_of

PER_PAGE = 50
SUGGESTED = 4
MOVERS_SHOWN = 5


@dataclass(frozen=True)
class Standing:
    """One row: the range of places that it may hold, the artifact, the parts of its rank and its history."""

    places: str
    row: BoardRow
    components: tuple[Component, ...]
    trend: Spark | None

    @property
    def card(self) -> ArtifactCard:
        """Return the artifact."""
        return self.row.card


@dataclass(frozen=True)
class Tab:
    """A kind that the leaderboard can be narrowed to."""

    label: str
    path: str
    count: int
    is_current: bool


@dataclass(frozen=True)
class WeightField:
    """A weight that a visitor may move: the points in force beside their own."""

    name: str
    label: str
    points: float
    own: str


@dataclass(frozen=True)
class MoverLine:
    """An artifact that moved, in words and with its page."""

    name: str
    path: str
    points: float
    places_before: str
    places: str


@dataclass(frozen=True)
class Moving:
    """What rose and what fell since a day."""

    movers: Movers
    rising: tuple[MoverLine, ...]
    falling: tuple[MoverLine, ...]


@dataclass(frozen=True)
class Board:
    """What a leaderboard is of: its head, its artifacts and whose weights it may move."""

    meta: Meta
    title: str
    lead: str
    artifacts: ArtifactQuerySet
    tabs: tuple[Tab, ...] = ()
    kind: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeaderboardPage:
    """A page of standings; ``unranked`` artifacts are named, not hidden. ``query`` is the address's."""

    meta: Meta
    title: str
    lead: str
    tabs: tuple[Tab, ...]
    kind: str
    choices: Choices
    sorts: Mapping[str, str]
    weights: tuple[WeightField, ...]
    standings: tuple[Standing, ...]
    left_out: tuple[str, ...]
    unsorted: str
    n_found: int
    n_ranked: int
    unranked: tuple[ArtifactCard, ...]
    suggestions: tuple[SuggestedComparison, ...]
    component_labels: tuple[str, ...]
    charts: tuple[Chart, ...]
    moving: Moving | None
    snapshot: SnapshotView | None
    page: Page[BoardRow]
    query: str

    @property
    def has_trends(self) -> bool:
        """Return whether any row has been published on more than one day."""
        return any(row.trend for row in self.standings)

    @property
    def is_own(self) -> bool:
        """Return whether the visitor's weights stand beside the rank."""
        return bool(self.choices.weights)


def leaderboard_page(parameters: Mapping[str, str]) -> LeaderboardPage:
    """Return one page of the standings of a kind; models where the kind is not known."""
    rows = Artifact.objects.real().values_list("kind").annotate(n=Count("pk")).order_by("-n", "kind")
    counts = dict(rows)
    asked = parameters.get("kind", "").strip()
    problem = f"“{asked[:40]}” is not one of {', '.join(counts)} for kind"
    chosen = Kind(asked) if asked in counts else Kind.MODEL
    path = reverse("leaderboard")
    of_kind = "" if chosen == Kind.MODEL else f"?kind={chosen}"
    label = kind_label(chosen)
    meta = Meta(
        title=board_title(chosen),
        description=f"Every {label.lower()} of the catalogue by {settings.RANK_NAME}, with its interval.",
        path=f"{path}{of_kind}",
        crumbs=(Crumb("Leaderboard", path),),
        markdown_path=f"{reverse('leaderboard-markdown')}{of_kind}",
        image_path=f"{reverse('leaderboard-image')}{of_kind}",
    )
    tabs = tuple(
        Tab(kind_label(name), f"{path}?kind={name}", n, name == chosen) for name, n in counts.items()
    )
    lead = "A place is a range: only what a verdict would call clear is told apart."
    artifacts = Artifact.objects.real().filter(kind=chosen)
    return _page(
        Board(
            meta,
            meta.title,
            lead,
            artifacts,
            tabs,
            chosen,
            (problem,) if asked and asked not in counts else (),
        ),
        parameters,
    )


def category_page(slug: str, parameters: Mapping[str, str]) -> LeaderboardPage | None:
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
        markdown_path=reverse("category-markdown", args=[slug]),
        image_path=reverse("category-image", args=[slug]),
    )
    artifacts = Artifact.objects.real().filter(categories=category)
    return _page(Board(meta, category.name, category.description, artifacts), parameters)


def _page(board: Board, parameters: Mapping[str, str]) -> LeaderboardPage:
    snapshot = current_snapshot()
    formula = parse_formula(snapshot.formula if snapshot else read_definition())
    choices = choices_of(parameters, components=formula.components)
    everybody = board_rows(board.artifacts.ranked(), weights=choices.weights)
    staying, left_out = kept(everybody, choices)
    page, no_such = page_of(ordered(staying, choices), parameters.get("page", ""), per_page=PER_PAGE)
    choices = replace(choices, problems=(*board.problems, *choices.problems, *no_such))
    on_page = list(page)
    standings = _standings(on_page)
    names = {row.card.slug: row.card for row in everybody}
    unranked = board.artifacts.filter(rank_score__isnull=True).select_related("publisher").order_by("name")
    return LeaderboardPage(
        meta=replace(
            board.meta,
            is_indexable=choices.is_plain,
            image_alt=ranked_image(board.title, (row.card for row in everybody)).alt,
            linked_data=(item_list(board.title, [standing.card for standing in standings]),),
        ),
        title=board.title,
        lead=board.lead,
        tabs=board.tabs,
        kind=board.kind,
        choices=choices,
        sorts={key: label for key, label in SORTS.items() if key != "own" or choices.weights},
        weights=_weight_fields(board, formula, choices),
        standings=standings,
        left_out=tuple(left_out),
        unsorted=unsorted_words(staying, choices),
        n_found=len(staying),
        n_ranked=len(everybody),
        unranked=tuple(artifact_card(artifact) for artifact in unranked[:PER_PAGE]),
        suggestions=neighbours([row.card for row in on_page[: SUGGESTED + 1]]),
        component_labels=tuple(part.label for part in standings[0].components) if standings else (),
        charts=tuple(filter(None, (price_chart(staying), speed_chart(staying)))),
        moving=_moving(names),
        snapshot=snapshot,
        page=page,
        query=choices.query(kind=board.kind),
    )


def _standings(on_page: Sequence[BoardRow]) -> tuple[Standing, ...]:
    histories = score_histories([row.card.slug for row in on_page])
    return tuple(
        Standing(
            places=row.entry.places if row.entry else "–",
            row=row,
            components=components_of(row.entry) if row.entry else (),
            trend=spark(histories.get(row.card.slug, ())),
        )
        for row in on_page
    )


def _weight_fields(board: Board, formula: Formula, choices: Choices) -> tuple[WeightField, ...]:
    """Return the weights of the board's kind; of several kinds those of models."""
    profile = formula.profile_of(board.kind or Kind.MODEL)
    points: Counter[str] = Counter()
    for rule in profile.signals:
        points[rule.component] += rule.weight
    return tuple(
        WeightField(f"{WEIGHT_PREFIX}{name}", label, points[name] / MILLI, shown(choices.weights.get(name)))
        for name, label in formula.components.items()
        if name in profile.declared
    )


def _moving(names: Mapping[str, ArtifactCard]) -> Moving | None:
    found = movers(names, limit=MOVERS_SHOWN)
    if found is None or not (found.rising or found.falling):
        return None
    rising, falling = (
        tuple(
            MoverLine(
                names[each.slug].name, names[each.slug].path, each.points, each.places_before, each.places
            )
            for each in side
        )
        for side in (found.rising, found.falling)
    )
    return Moving(found, rising, falling)

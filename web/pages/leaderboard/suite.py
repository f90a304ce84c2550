"""The page object of ``/leaderboard/<suite>/``: who scores what on one suite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from catalog.models import Artifact
from evaluation.models import Suite
from evaluation.selectors import SuiteOverview, SuiteScore, suite_overview
from ranking.compute.positions import place_words
from ranking.compute.verdict import Z_90, RankSide
from web.pages.board_image import suite_image
from web.pages.leaderboard.charts import Chart, price_chart, speed_chart
from web.pages.leaderboard.choices import SORTS, Choices, choices_of
from web.pages.leaderboard.page import Tab
from web.pages.leaderboard.rows import BoardRow, board_rows, kept, ordered, unsorted_words
from web.pages.meta import Crumb, Meta, shortened
from web.pages.places import place_range
from web.pages.scores import OwnScore, own_score

SUITE_SORTS = {"rank": "Score", **{key: SORTS[key] for key in ("price", "memory", "speed", "newest", "name")}}
# Suites' intervals reach 95 %, ranks' 90 %; places are told apart at one and the same level.
Z_95 = 1.959964


@dataclass(frozen=True)
class SuiteStanding:
    """One artifact's score on the suite, with the range of places that it may hold."""

    places: str
    row: BoardRow
    score: SuiteScore
    own: OwnScore


@dataclass(frozen=True)
class SuiteBoardPage:
    """A suite's standings, best first; ``left_out`` says what went because something is not known."""

    meta: Meta
    suite: SuiteOverview
    tabs: tuple[Tab, ...]
    choices: Choices
    sorts: Mapping[str, str]
    standings: tuple[SuiteStanding, ...]
    left_out: tuple[str, ...]
    unsorted: str
    n_measured: int
    charts: tuple[Chart, ...]

    @property
    def query(self) -> str:
        """Return the choices as they stand in the address."""
        return self.choices.query()


def suite_board_page(slug: str, parameters: Mapping[str, str]) -> SuiteBoardPage | None:
    """Return a suite's standings; None if there is no such suite that anyone may see."""
    published = {suite.slug: suite for suite in Suite.objects.current().published().order_by("slug")}
    suite = suite_overview(slug) if slug in published else None
    if suite is None:
        return None
    choices = choices_of(parameters, components={}, sorts=SUITE_SORTS)
    scores = {each.artifact_slug: each.score for each in suite.scores}
    order = {artifact: index for index, artifact in enumerate(scores)}
    found = board_rows(Artifact.objects.filter(slug__in=scores), weights={})
    rows = sorted(found, key=lambda row: order[row.card.slug])
    staying, left_out = kept(rows, choices)
    path = reverse("suite-leaderboard", args=[slug])
    return SuiteBoardPage(
        meta=Meta(
            title=f"{suite.name} leaderboard",
            description=shortened(f"Who scores what on {suite.name}: {suite.description}"),
            path=path,
            crumbs=(Crumb("Leaderboard", reverse("leaderboard")), Crumb(suite.name, path)),
            markdown_path=reverse("suite-leaderboard-markdown", args=[slug]),
            image_path=reverse("suite-image", args=[slug]),
            image_alt=suite_image(suite).alt,
        ),
        suite=suite,
        tabs=tuple(
            Tab(each.name, reverse("suite-leaderboard", args=[each.slug]), 0, each.slug == slug)
            for each in published.values()
        ),
        choices=choices,
        sorts=SUITE_SORTS,
        standings=_standings(ordered(staying, choices), scores),
        left_out=tuple(left_out),
        unsorted=unsorted_words(staying, choices),
        n_measured=len(rows),
        charts=tuple(filter(None, (price_chart(staying), speed_chart(staying)))),
    )


def _standings(rows: Sequence[BoardRow], scores: Mapping[str, SuiteScore]) -> tuple[SuiteStanding, ...]:
    sides = {slug: side for slug, score in scores.items() if (side := _side(score))}
    field = list(sides.values())
    return tuple(
        SuiteStanding(
            places=place_words(*place_range(sides[slug], field)) if slug in sides else "–",
            row=row,
            score=scores[slug],
            own=own_score(scores[slug]),
        )
        for row in rows
        if (slug := row.card.slug)
    )


def _side(score: SuiteScore) -> RankSide | None:
    """Return a score as a side of a comparison, its 95 % interval narrowed to 90 %."""
    if score.mean is None or score.ci_low is None or score.ci_high is None:
        return None
    narrower = Z_90 / Z_95
    low, high = (score.mean + narrower * (end - score.mean) for end in (score.ci_low, score.ci_high))
    return RankSide(100 * score.mean, 100 * low, 100 * high, components=())

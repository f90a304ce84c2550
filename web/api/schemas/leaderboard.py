"""Standings: of a kind, of a category, and of a suite."""

from collections.abc import Iterable
from dataclasses import asdict

from pydantic import Field

from web.api.schemas.artifacts import ArtifactSummary, artifact_summary
from web.api.schemas.common import IntervalOut, Out, SnapshotOut, interval_out, snapshot_out
from web.api.schemas.evaluation import OwnScoreOut, own_score_out
from web.pages.components import Component
from web.pages.leaderboard.page import LeaderboardPage, MoverLine, Moving
from web.pages.leaderboard.suite import SuiteBoardPage


class CategoryOut(Out):
    """A category and how many artifacts it has, without demonstrations."""

    slug: str
    name: str
    description: str
    path: str
    count: int


class CategoryList(Out):
    """All categories that have artifacts."""

    items: list[CategoryOut]


class PartOut(Out):
    """One component of a row of the leaderboard, 0-100."""

    name: str
    label: str
    is_missing: bool
    text: str
    note: str
    interval: IntervalOut | None


class StandingOut(Out):
    """One row: the range of places that the artifact may hold, and the parts of its rank."""

    places: str = Field(examples=["2\N{EN DASH}5"])
    artifact: ArtifactSummary
    components: list[PartOut]
    facts: list[str] = Field(description="Year, memory, price and speed, as far as they are known.")
    trend: str = Field(description="How its rank went, in words; empty where it has no history yet.")


class MoverOut(Out):
    """An artifact that moved."""

    name: str
    path: str
    points: float
    places_before: str
    places: str


class MovingOut(Out):
    """What rose and what fell since the snapshot before."""

    rising: list[MoverOut]
    falling: list[MoverOut]


class LeaderboardOut(Out):
    """One page of the standings of a kind."""

    title: str
    path: str
    standings: list[StandingOut]
    lead: str
    n_ranked: int
    unranked: list[ArtifactSummary] = Field(description="Named, not hidden.")
    moving: MovingOut | None = Field(description="Who rose and who fell most between two snapshots.")
    page: int
    n_pages: int
    snapshot: SnapshotOut | None


class SuiteStandingOut(Out):
    """One row of a suite's leaderboard: the range of places, the score with its interval, and what else is known."""

    places: str
    artifact: ArtifactSummary
    score: OwnScoreOut
    facts: list[str]


class SuiteLeaderboardOut(Out):
    """Who scores what on a suite, best first."""

    suite: str = Field(description="Slug.")
    title: str
    path: str
    n_measured: int
    standings: list[SuiteStandingOut]


def suite_leaderboard_out(page: SuiteBoardPage) -> SuiteLeaderboardOut:
    """Return a suite's standings."""
    return SuiteLeaderboardOut(
        suite=page.suite.slug,
        title=page.meta.title,
        path=page.meta.path,
        n_measured=page.n_measured,
        standings=[
            SuiteStandingOut(
                places=row.places,
                artifact=artifact_summary(row.row.card),
                score=own_score_out(row.own),
                facts=list(row.row.facts),
            )
            for row in page.standings
        ],
    )


def leaderboard_out(page: LeaderboardPage) -> LeaderboardOut:
    """Return one page of standings."""
    return LeaderboardOut(
        title=page.title,
        path=page.meta.path,
        standings=[
            StandingOut(
                places=row.places,
                artifact=artifact_summary(row.card),
                components=[_part(part) for part in row.components],
                facts=list(row.row.facts),
                trend=row.trend.words if row.trend else "",
            )
            for row in page.standings
        ],
        lead=page.lead,
        n_ranked=page.n_ranked,
        moving=_moving(page.moving),
        unranked=[artifact_summary(card) for card in page.unranked],
        page=page.page.number,
        n_pages=page.page.paginator.num_pages,
        snapshot=snapshot_out(page.snapshot),
    )


def _moving(moving: Moving | None) -> MovingOut | None:
    if moving is None:
        return None
    return MovingOut(rising=_movers(moving.rising), falling=_movers(moving.falling))


def _movers(lines: Iterable[MoverLine]) -> list[MoverOut]:
    return [MoverOut.model_validate(asdict(line)) for line in lines]


def _part(part: Component) -> PartOut:
    return PartOut(
        name=part.name,
        label=part.label,
        is_missing=part.is_missing,
        text=part.text,
        note=part.note,
        interval=interval_out(part.bar, level=90),
    )

"""The page objects of ``/suites/`` and ``/suites/<suite>/``."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from evaluation.differences import Position
from evaluation.selectors import (
    ArtifactScore,
    ContaminationGap,
    PromptView,
    RotatingSplit,
    SuiteOverview,
    contamination_gaps,
    rotating_splits,
    suite_overview,
)
from web.pages.board_image import suite_image
from web.pages.contamination import GapLine, gap_line
from web.pages.linked_data import image_objects, suite_dataset, suite_observations
from web.pages.meta import Crumb, Meta, shortened
from web.pages.methodology import SuiteSummary, suite_summaries
from web.pages.scores import OwnScore, own_score
from web.pages.typical import SuitePictures, stratum_name, suite_pictures


@dataclass(frozen=True)
class SuitesPage:
    """All suites in use."""

    meta: Meta
    suites: tuple[SuiteSummary, ...]


@dataclass(frozen=True)
class SuiteScoreRow:
    """One artifact's score on the suite."""

    name: str
    path: str
    is_demonstration: bool
    own: OwnScore
    place: str
    gaps: tuple[GapLine, ...] = ()


@dataclass(frozen=True)
class Stratum:
    """Prompts of one kind of difficulty."""

    name: str
    prompts: tuple[PromptView, ...]


@dataclass(frozen=True)
class SuitePage:
    """One suite: who scores what, what that looks like, and every prompt."""

    meta: Meta
    suite: SuiteOverview
    scores: tuple[SuiteScoreRow, ...]
    pictures: SuitePictures
    strata: tuple[Stratum, ...]
    n_prompts: int
    splits: tuple[RotatingSplit, ...]


def suites_page() -> SuitesPage:
    """Return the list of suites."""
    path = reverse("suites")
    meta = Meta(
        title="Suites: what we measure",
        description="Every prompt suite that pictures are made for, with its scorer and its prompts.",
        path=path,
        crumbs=(Crumb("Suites", path),),
    )
    return SuitesPage(meta, suite_summaries())


def suite_page(slug: str) -> SuitePage | None:
    """Return one suite; None if there is none of that slug."""
    suite = suite_overview(slug)
    if suite is None:
        return None
    path = reverse("suite", args=[slug])
    gaps = contamination_gaps([row.artifact_id for row in suite.scores])
    pictures = suite_pictures(suite)
    return SuitePage(
        meta=Meta(
            title=f"{suite.name}: scores and prompts",
            description=shortened(suite.description),
            path=path,
            crumbs=(Crumb("Suites", reverse("suites")), Crumb(suite.name, path)),
            linked_data=(
                suite_dataset(suite, path),
                *suite_observations(suite),
                *image_objects(pictures.pictures()),
            ),
            markdown_path=reverse("suite-markdown", args=[slug]),
            image_path=reverse("suite-image", args=[slug]),
            image_alt=suite_image(suite).alt,
        ),
        suite=suite,
        scores=tuple(_score_row(row, gaps.get(row.artifact_id, ()), slug) for row in suite.scores),
        pictures=pictures,
        strata=_strata(suite.prompts),
        n_prompts=sum(n for _, n in suite.strata),
        splits=rotating_splits(slug),
    )


def _score_row(row: ArtifactScore, gaps: Iterable[ContaminationGap], slug: str) -> SuiteScoreRow:
    path = reverse("artifact", args=[row.artifact_slug])
    mine = tuple(gap_line(gap) for gap in gaps if gap.suite_slug == slug)
    place = _place_words(row.place)
    return SuiteScoreRow(row.artifact_name, path, row.is_demonstration, own_score(row.score), place, mine)


def _place_words(place: Position | None) -> str:
    """Return the places that a model takes in 95 % of resamples.

    >>> _place_words(Position(2, 1, 3))
    'place 1 to 3'
    """
    if place is None:
        return ""
    return f"place {place.low}" if place.low == place.high else f"place {place.low} to {place.high}"


def _strata(prompts: tuple[PromptView, ...]) -> tuple[Stratum, ...]:
    """Return the prompts by stratum, strata in the order of the suite."""
    by_stratum: dict[str, list[PromptView]] = {}
    for prompt in prompts:
        by_stratum.setdefault(prompt.stratum, []).append(prompt)
    return tuple(Stratum(stratum_name(name), tuple(group)) for name, group in by_stratum.items())

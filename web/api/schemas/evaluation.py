"""Measured scores, pictures and suites."""

import datetime as dt

from pydantic import Field

from evaluation.selectors import PromptView
from web.api.schemas.common import IntervalOut, Out, interval_out
from web.pages.methodology import SuiteSummary
from web.pages.pictures import Picture
from web.pages.prompt_gallery import PromptGalleryPage
from web.pages.scores import OwnScore
from web.pages.suites import SuitePage


class PictureOut(Out):
    """One generated picture with its score, or the reason why there is none."""

    maker: str
    url: str | None = Field(description="PNG, named by its SHA-256; null where there is no picture.")
    width: int
    height: int
    seed: int
    score: str = Field(description="0-100, or Unscored.")
    is_pass: bool | None
    reason: str
    failure: str = Field(description="Why there is no picture.")
    run_path: str


class OwnScoreOut(Out):
    """One artifact's mean on one suite with its 95 % interval, measured by us."""

    suite: str = Field(description="Slug.")
    suite_name: str
    is_beta: bool = Field(description="Shown, but not yet part of the rank.")
    metric: str
    score: IntervalOut | None = Field(description="Null where it is unscored.")
    text: str
    note: str = Field(description="What the mean was taken over, failures included.")
    scorer: str
    as_of: dt.date
    run_path: str


class SuiteSummaryOut(Out):
    """A suite in use."""

    slug: str
    name: str
    version: str
    description: str
    licence: str
    digest: str = Field(description="SHA-256 of all prompts.")
    is_beta: bool
    headline_metric: str
    n_prompts: int


class SuiteList(Out):
    """All suites in use."""

    items: list[SuiteSummaryOut]


class SuiteStanding(Out):
    """One artifact's score on a suite."""

    name: str
    path: str
    is_demonstration: bool
    score: OwnScoreOut


class PromptOut(Out):
    """A prompt of a suite."""

    key: str
    text: str
    family: str
    stratum: str
    difficulty: int
    tags: list[str]


class SuiteDetail(Out):
    """One suite: who scores what, and every prompt."""

    slug: str
    name: str
    version: str
    description: str
    licence: str
    digest: str
    is_beta: bool
    headline_metric: str
    seeds_per_prompt: int
    scores: list[SuiteStanding]
    prompts: list[PromptOut]


class MakerOut(Out):
    """What one artifact made of a prompt, by seed."""

    name: str
    path: str
    pictures: list[PictureOut]


class PromptDetail(Out):
    """One prompt, every model, the same seeds."""

    suite_path: str
    prompt: PromptOut
    makers: list[MakerOut]


def picture_out(picture: Picture) -> PictureOut:
    """Return a picture."""
    same = ("maker", "width", "height", "seed", "score", "is_pass", "reason", "failure", "run_path")
    return PictureOut(url=picture.url or None, **{name: getattr(picture, name) for name in same})


def own_score_out(own: OwnScore) -> OwnScoreOut:
    """Return an artifact's score on a suite."""
    same = ("is_beta", "metric", "text", "note", "scorer", "as_of", "run_path")
    return OwnScoreOut(
        suite=own.suite_slug,
        suite_name=own.suite,
        score=interval_out(own.bar, level=95),
        **{name: getattr(own, name) for name in same},
    )


def suite_summary_out(summary: SuiteSummary) -> SuiteSummaryOut:
    """Return a suite as the list shows it."""
    same = ("slug", "name", "version", "description", "licence", "digest", "is_beta")
    return SuiteSummaryOut(
        headline_metric=summary.metric,
        n_prompts=summary.n_prompts,
        **{name: getattr(summary.suite, name) for name in same},
    )


def prompt_out(prompt: PromptView) -> PromptOut:
    """Return a prompt."""
    same = ("key", "text", "family", "stratum", "difficulty")
    return PromptOut(tags=list(prompt.tags), **{name: getattr(prompt, name) for name in same})


def suite_detail(page: SuitePage) -> SuiteDetail:
    """Return everything on a suite's page."""
    same = ("slug", "name", "version", "description", "licence", "digest", "is_beta", "seeds_per_prompt")
    return SuiteDetail(
        headline_metric=page.suite.headline_label,
        scores=[
            SuiteStanding(
                name=row.name,
                path=row.path,
                is_demonstration=row.is_demonstration,
                score=own_score_out(row.own),
            )
            for row in page.scores
        ],
        prompts=[prompt_out(prompt) for stratum in page.strata for prompt in stratum.prompts],
        **{name: getattr(page.suite, name) for name in same},
    )


def prompt_detail(page: PromptGalleryPage) -> PromptDetail:
    """Return what every artifact made of a prompt."""
    makers = [
        MakerOut(name=row.name, path=row.path, pictures=[picture_out(shown) for shown in row.pictures])
        for row in page.rows
    ]
    return PromptDetail(suite_path=page.suite_path, prompt=prompt_out(page.prompt), makers=makers)

"""Runs, and the record of each of their pictures."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from pydantic import Field

from web.api.schemas.common import IntervalOut, Out, interval_out
from web.api.schemas.evaluation import PictureOut, picture_out
from web.pages.runs import FlagLine, MeanRow, RunPage, SampleFigure
from web.pages.samples import SamplePage


class MeanOut(Out):
    """One metric over the whole suite or one stratum."""

    metric: str
    stratum: str
    score: IntervalOut | None
    counts: str
    scorer: str
    method: str


class FlagOut(Out):
    """A suspicion about a picture, or how many pictures have it, and what follows from it."""

    label: str
    reason: str
    consequence: str


class SampleOut(Out):
    """One sample with the prompt that it was made for."""

    id: int
    prompt: str
    prompt_path: str
    picture: PictureOut
    flags: list[FlagOut]
    making: dict[str, str] = Field(description="What its making took, as far as it was recorded.")


class MetricOut(Out):
    """One metric of one scorer version; null is unscored, and the reason says why."""

    metric: str
    label: str
    value: float | None
    reason: str
    evidence: dict[str, Any]
    scorer: str
    scorer_version: str


class ReaderOut(Out):
    """What one reader in one version stated, unchanged."""

    reader: str
    version: str
    content: dict[str, Any]
    read_at: dt.datetime


class SampleDetail(SampleOut):
    """One picture and all that was recorded of it: what every reader saw, every score and its evidence."""

    path: str
    run: int
    artifact: str = Field(description="Slug.")
    suite: str = Field(description="Slug.")
    spec: dict[str, Any] = Field(description="What the prompt asks for, as scorers read it.")
    scores: list[MetricOut]
    readers: list[ReaderOut]


class RunDetail(Out):
    """A run: all that is needed to repeat it and to doubt it. Samples are paged by `page`."""

    id: int
    path: str
    artifact: str = Field(description="Slug.")
    suite: str = Field(description="Slug.")
    suite_version: str
    suite_digest: str
    state: str
    reason: str
    created_at: dt.datetime
    finished_at: dt.datetime | None
    recipe: dict[str, str]
    environment: dict[str, str]
    means: list[MeanOut]
    n_samples: int
    n_by_status: dict[str, int]
    flags: list[FlagOut]
    canaries: list[str] = Field(description="What came of making some pictures a second time.")
    samples: list[SampleOut]
    page: int
    n_pages: int


def run_detail(page: RunPage) -> RunDetail:
    """Return everything on a run's page."""
    run = page.run
    same = ("suite_version", "suite_digest", "state", "reason", "created_at", "finished_at", "n_samples")
    return RunDetail(
        id=run.run_id,
        path=page.meta.path,
        artifact=run.artifact_slug,
        suite=run.suite_slug,
        recipe=dict(page.recipe),
        environment=dict(page.environment),
        means=[_mean_out(row) for row in page.means],
        n_by_status=dict(page.statuses),
        flags=_flags(page.flags),
        canaries=list(page.canaries),
        samples=[_sample_out(figure) for figure in page.figures],
        page=page.page.number,
        n_pages=page.page.paginator.num_pages,
        **{name: getattr(run, name) for name in same},
    )


def _mean_out(row: MeanRow) -> MeanOut:
    same = ("metric", "stratum", "counts", "scorer", "method")
    return MeanOut(score=interval_out(row.bar, level=95), **{name: getattr(row, name) for name in same})


def _sample_out(figure: SampleFigure) -> SampleOut:
    return SampleOut(
        id=figure.sample_id,
        prompt=figure.prompt,
        prompt_path=figure.prompt_path,
        picture=picture_out(figure.picture),
        flags=_flags(figure.flags),
        making=dict(figure.making),
    )


def _flags(lines: Iterable[FlagLine]) -> list[FlagOut]:
    return [FlagOut.model_validate(asdict(line)) for line in lines]


def sample_detail(page: SamplePage) -> SampleDetail:
    """Return everything on a picture's page."""
    record = page.record
    return SampleDetail(
        **_sample_out(page.figure).model_dump(),
        path=page.meta.path,
        run=record.run_id,
        artifact=record.artifact_slug,
        suite=record.suite_slug,
        spec=record.spec,
        scores=[MetricOut.model_validate(asdict(score)) for score in record.scores],
        readers=[ReaderOut.model_validate(asdict(reader)) for reader in record.readers],
    )

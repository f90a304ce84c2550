"""Everything that is recorded of one sample: how it was made, what every reader saw, what every scorer said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evaluation.models import Observation, Sample, Score
from evaluation.scorers.registry import METRICS
from evaluation.selectors.runs import RunSample, run_sample


@dataclass(frozen=True)
class ReaderOutput:
    """What one reader in one version stated, unchanged."""

    reader: str
    version: str
    content: dict[str, Any]
    read_at: datetime


@dataclass(frozen=True)
class SampleScore:
    """One metric of one scorer version; no value means unscored, and ``reason`` says why."""

    metric: str
    label: str
    value: float | None
    reason: str
    evidence: dict[str, Any]
    scorer: str
    scorer_version: str


@dataclass(frozen=True)
class SampleRecord:
    """One sample with all that was read and scored."""

    run_id: int
    artifact_slug: str
    artifact_name: str
    suite_slug: str
    suite_name: str
    spec: dict[str, Any]
    sample: RunSample
    readers: tuple[ReaderOutput, ...]
    scores: tuple[SampleScore, ...]


def sample_record(run_id: int, sample_id: int) -> SampleRecord | None:
    """Return a run's sample; None where there is none, or where its prompt is secret. Three queries."""
    found = Sample.objects.select_related("prompt", "canary", "run__suite", "run__recipe__artifact").defer(
        "signature"
    )
    sample = found.filter(pk=sample_id, run=run_id).first()
    if sample is None or sample.run.suite.is_secret:
        return None
    scores = list(sample.scores.order_by("metric", "-id"))
    run = sample.run
    return SampleRecord(
        run_id=run.pk,
        artifact_slug=run.recipe.artifact.slug,
        artifact_name=run.recipe.artifact.name,
        suite_slug=run.suite.slug,
        suite_name=run.suite.name,
        spec=sample.prompt.spec,
        sample=run_sample(sample, _headline(scores, run.suite.headline_metric)),
        readers=tuple(_output(row) for row in sample.observations.order_by("reader", "-id")),
        scores=tuple(_score(row) for row in scores),
    )


def _headline(scores: list[Score], metric: str) -> Score | None:
    """Return the score of the suite's headline metric, of several versions the last."""
    return max((row for row in scores if row.metric == metric), key=lambda row: row.pk, default=None)


def _output(row: Observation) -> ReaderOutput:
    return ReaderOutput(row.reader, row.reader_version, row.content, row.created_at)


def _score(row: Score) -> SampleScore:
    label = METRICS[row.metric].label if row.metric in METRICS else row.metric
    return SampleScore(row.metric, label, row.value, row.reason, row.evidence, row.scorer, row.scorer_version)

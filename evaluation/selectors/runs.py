"""What the page of a run shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from evaluation.models import Aggregate, Run, Sample, Score
from evaluation.scorers.registry import METRICS
from evaluation.selectors.canaries import CanaryRecord, canary_record
from evaluation.selectors.prompts import PromptView, cells_of, prompt_view
from evaluation.selectors.reports import is_unproven
from evaluation.selectors.samples import SampleCell, sample_cell
from evaluation.selectors.scores import UNPROVEN


@dataclass(frozen=True)
class AggregateView:
    """One mean with its interval; an empty stratum is the whole suite."""

    metric: str
    label: str
    is_higher_better: bool
    stratum: str
    mean: float | None
    ci_low: float | None
    ci_high: float | None
    n_families: int
    n_samples: int
    n_failed: int
    n_unscored: int
    scorer: str
    scorer_version: str
    method: str
    computed_at: datetime


@dataclass(frozen=True)
class RecipeView:
    """How the artifact was run."""

    runner: str
    location: str
    revision: str
    pipeline_class: str
    scheduler: str
    steps: int
    guidance: float
    width: int
    height: int
    dtype: str
    batch_size: int
    digest: str
    library_versions: dict[str, str]


@dataclass(frozen=True)
class MakingView:
    """How one picture was made, and what became of it when it was made again."""

    text_sent: str
    was_truncated: bool
    timings_s: dict[str, float]
    peak_memory_mb: int | None
    batch: str
    made_by: str
    canary_verdict: str
    canary_reason: str


@dataclass(frozen=True)
class RunSample:
    """A sample of a run with its prompt."""

    prompt: PromptView
    cell: SampleCell
    making: MakingView


@dataclass(frozen=True)
class RunRecord:
    """Everything about a run: recipe, environment, means, and each picture with its score."""

    run_id: int
    artifact_slug: str
    artifact_name: str
    suite_slug: str
    suite_name: str
    suite_version: str
    suite_digest: str
    headline_metric: str
    is_beta: bool
    state: str
    reason: str
    created_at: datetime
    finished_at: datetime | None
    environment: dict[str, str]
    recipe: RecipeView
    aggregates: tuple[AggregateView, ...]
    n_samples: int
    n_by_status: dict[str, int]
    samples: tuple[RunSample, ...]
    canaries: CanaryRecord
    origin: str


def run_record(run_id: int) -> RunRecord | None:
    """Return a run's record; None where there is no such run. Seven queries.

    Of a run on a hidden split no sample is in it, for its pictures would show what the prompts are.
    """
    run = Run.objects.select_related("suite", "recipe__artifact").filter(pk=run_id).first()
    if run is None:
        return None
    shown = run.samples.none() if run.suite.is_secret else run.samples.all()
    samples = cells_of(
        shown.select_related("prompt", "canary").defer("signature"), metric=run.suite.headline_metric
    )
    counts = dict(run.samples.order_by().values_list("status").annotate(n=Count("pk")))
    means = run.aggregates.order_by("metric", "stratum", "-computed_at").distinct("metric", "stratum")
    aggregates = list(means.annotate(**{UNPROVEN: is_unproven()}))
    return RunRecord(
        run_id=run.pk,
        artifact_slug=run.recipe.artifact.slug,
        artifact_name=run.recipe.artifact.name,
        suite_slug=run.suite.slug,
        suite_name=run.suite.name,
        suite_version=run.suite.version,
        suite_digest=run.suite.digest,
        headline_metric=run.suite.headline_metric,
        is_beta=run.suite.is_beta or any(getattr(row, UNPROVEN) for row in aggregates),
        state=run.state,
        reason=run.reason,
        created_at=run.created_at,
        finished_at=run.finished_at,
        environment=run.environment,
        recipe=RecipeView(**{name: getattr(run.recipe, name) for name in RecipeView.__dataclass_fields__}),
        aggregates=tuple(_aggregate_view(row) for row in aggregates),
        n_samples=sum(counts.values()),
        n_by_status=counts,
        samples=tuple(
            RunSample(prompt_view(sample.prompt), cell, _making_view(sample)) for sample, cell in samples
        ),
        canaries=canary_record(run),
        origin=run.origin,
    )


def run_sample(sample: Sample, score: Score | None) -> RunSample:
    """Return a sample, read with its prompt and canary, under its headline score. No query."""
    return RunSample(prompt_view(sample.prompt), sample_cell(sample, score), _making_view(sample))


def _aggregate_view(row: Aggregate) -> AggregateView:
    metric = METRICS[row.metric]
    return AggregateView(
        metric=row.metric,
        label=metric.label,
        is_higher_better=metric.is_higher_better,
        stratum=row.stratum,
        mean=row.mean,
        ci_low=row.ci_low,
        ci_high=row.ci_high,
        n_families=row.n_families,
        n_samples=row.n_samples,
        n_failed=row.n_failed,
        n_unscored=row.n_unscored,
        scorer=row.scorer,
        scorer_version=row.scorer_version,
        method=row.method,
        computed_at=row.computed_at,
    )


def _making_view(sample: Sample) -> MakingView:
    canary = getattr(sample, "canary", None)
    return MakingView(
        text_sent=sample.text_sent,
        was_truncated=sample.was_truncated,
        timings_s=sample.timings_s,
        peak_memory_mb=sample.peak_memory_mb,
        batch=sample.batch,
        made_by=sample.made_by,
        canary_verdict=canary.verdict if canary else "",
        canary_reason=canary.reason if canary else "",
    )

"""What the pages of a run, a suite and a prompt show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from evaluation.differences import Position
from evaluation.models import Aggregate, Prompt, Run, Sample, Score, Suite
from evaluation.models.suite import SuiteQuerySet
from evaluation.scorers.registry import METRICS
from evaluation.selectors.canaries import CanaryRecord, canary_record
from evaluation.selectors.places import suite_places
from evaluation.selectors.reports import is_unproven
from evaluation.selectors.samples import SampleCell, sample_cell
from evaluation.selectors.scores import UNPROVEN, SuiteScore, suite_score, whole_suite


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
class PromptView:
    """A prompt as lists show it."""

    key: str
    text: str
    family: str
    stratum: str
    difficulty: int
    tags: tuple[str, ...]


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


@dataclass(frozen=True)
class ArtifactScore:
    """An artifact's score on a suite, and its place among those that share their prompts with all others."""

    artifact_slug: str
    artifact_name: str
    is_demonstration: bool
    score: SuiteScore
    artifact_id: int
    place: Position | None = None


@dataclass(frozen=True)
class SuiteOverview:
    """A suite's current version, its prompts, and who has run it, best first."""

    slug: str
    name: str
    version: str
    description: str
    licence: str
    digest: str
    is_beta: bool
    headline_metric: str
    headline_label: str
    seeds_per_prompt: int
    strata: tuple[tuple[str, int], ...]
    tier: str
    is_secret: bool
    retired_at: datetime | None
    prompts: tuple[PromptView, ...]
    scores: tuple[ArtifactScore, ...]


@dataclass(frozen=True)
class GalleryRow:
    """One artifact's pictures for a prompt, by seed."""

    artifact_slug: str
    artifact_name: str
    cells: tuple[SampleCell, ...]


@dataclass(frozen=True)
class PromptGallery:
    """A prompt and what every artifact made of it."""

    suite_slug: str
    suite_name: str
    prompt: PromptView
    spec: dict[str, Any]
    rows: tuple[GalleryRow, ...]


def run_record(run_id: int) -> RunRecord | None:
    """Return a run's record; None where there is no such run. Seven queries.

    Of a run on a hidden split no sample is in it, for its pictures would show what the prompts are.
    """
    run = Run.objects.select_related("suite", "recipe__artifact").filter(pk=run_id).first()
    if run is None:
        return None
    shown = run.samples.none() if run.suite.is_secret else run.samples.all()
    samples = _samples(
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
            RunSample(_prompt_view(sample.prompt), cell, _making_view(sample)) for sample, cell in samples
        ),
        canaries=canary_record(run),
        origin=run.origin,
    )


def run_sample(sample: Sample, score: Score | None) -> RunSample:
    """Return a sample, read with its prompt and canary, under its headline score. No query."""
    return RunSample(_prompt_view(sample.prompt), sample_cell(sample, score), _making_view(sample))


def suite_overview(slug: str) -> SuiteOverview | None:
    """Return the shown version of a suite; None where there is none. Five queries.

    Of a rotating split it is the one retired last, or, without its prompts, the one in use.
    """
    suite = shown_suites().filter(slug=slug).first()
    if suite is None:
        return None
    strata = dict(suite.prompts.order_by("stratum").values_list("stratum").annotate(n=Count("pk")))
    prompts = [] if suite.is_secret else list(suite.prompts.all())
    rows = whole_suite().filter(run__suite=suite, metric=suite.headline_metric)
    scores = _ranked(rows, suite_places(suite))
    return SuiteOverview(
        slug=suite.slug,
        name=suite.name,
        version=suite.version,
        description=suite.description,
        licence=suite.licence,
        digest=suite.digest,
        is_beta=suite.is_beta or any(entry.score.is_beta for entry in scores),
        headline_metric=suite.headline_metric,
        headline_label=METRICS[suite.headline_metric].label,
        seeds_per_prompt=suite.seeds_per_prompt,
        strata=tuple(strata.items()),
        tier=suite.tier,
        is_secret=suite.is_secret,
        retired_at=suite.retired_at,
        prompts=tuple(_prompt_view(prompt) for prompt in prompts),
        scores=scores,
    )


def shown_suites() -> SuiteQuerySet:
    """Return what pages of suites show: current ones, and retired splits, the one retired last first."""
    shown = Suite.objects.filter(Q(is_current=True) | Q(retired_at__isnull=False))
    return shown.order_by("slug", F("retired_at").desc(nulls_last=True))


def prompt_gallery(slug: str, key: str) -> PromptGallery | None:
    """Return what every artifact made of a prompt; None where there is no such prompt. Four queries."""
    suite = shown_suites().published().filter(slug=slug).first()
    prompt = Prompt.objects.select_related("suite").filter(suite=suite, key=key).first()
    if prompt is None:
        return None
    samples = prompt.samples.filter(run__recipe__is_canonical=True).select_related("run__recipe__artifact")
    cells: dict[tuple[str, str], list[SampleCell]] = {}
    for sample, cell in _samples(samples, metric=prompt.suite.headline_metric):
        artifact = sample.run.recipe.artifact
        cells.setdefault((artifact.slug, artifact.name), []).append(cell)
    return PromptGallery(
        suite_slug=prompt.suite.slug,
        suite_name=prompt.suite.name,
        prompt=_prompt_view(prompt),
        spec=prompt.spec,
        rows=tuple(GalleryRow(*artifact, tuple(row)) for artifact, row in sorted(cells.items())),
    )


def _samples(samples: QuerySet[Sample], *, metric: str) -> list[tuple[Sample, SampleCell]]:
    """Return samples with their headline score; of several scorer versions the last one. Two queries."""
    rows = list(samples.order_by("run", "prompt__position", "k"))
    scores = Score.objects.filter(sample__in=[row.pk for row in rows], metric=metric).order_by("id")
    latest = {score.sample_id: score for score in scores}
    return [(row, sample_cell(row, latest.get(row.pk))) for row in rows]


def _ranked(rows: Iterable[Aggregate], places: Mapping[int, Position]) -> tuple[ArtifactScore, ...]:
    scores: Sequence[ArtifactScore] = [
        ArtifactScore(
            row.run.recipe.artifact.slug,
            row.run.recipe.artifact.name,
            row.run.recipe.artifact.is_demonstration,
            suite_score(row),
            row.run.recipe.artifact_id,
            places.get(row.run.recipe.artifact_id),
        )
        for row in rows
    ]
    return tuple(sorted(scores, key=lambda score: (-(score.score.mean or 0.0), score.artifact_slug)))


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


def _prompt_view(prompt: Prompt) -> PromptView:
    return PromptView(
        prompt.key, prompt.text, prompt.family, prompt.stratum, prompt.difficulty, tuple(prompt.tags)
    )

"""What the pages of a suite and of a prompt show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q

from evaluation.differences import Position
from evaluation.models import Aggregate, Prompt, Suite
from evaluation.models.suite import SuiteQuerySet
from evaluation.scorers.registry import METRICS
from evaluation.selectors.places import suite_places
from evaluation.selectors.prompts import PromptView, cells_of, prompt_view
from evaluation.selectors.samples import SampleCell
from evaluation.selectors.scores import SuiteScore, suite_score, whole_suite


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
        prompts=tuple(prompt_view(prompt) for prompt in prompts),
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
    for sample, cell in cells_of(samples, metric=prompt.suite.headline_metric):
        artifact = sample.run.recipe.artifact
        cells.setdefault((artifact.slug, artifact.name), []).append(cell)
    return PromptGallery(
        suite_slug=prompt.suite.slug,
        suite_name=prompt.suite.name,
        prompt=prompt_view(prompt),
        spec=prompt.spec,
        rows=tuple(GalleryRow(*artifact, tuple(row)) for artifact, row in sorted(cells.items())),
    )


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

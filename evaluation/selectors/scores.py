"""Means with intervals of artifacts on the current suites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from evaluation.models import Aggregate, Run, Suite
from evaluation.selectors.reports import is_unproven

WHOLE_SUITE = ""
UNPROVEN = "is_unproven"


@dataclass(frozen=True)
class SuiteScore:
    """One metric of one artifact on one suite; mean and interval between 0 and 1, None where unscored.

    ``stands_for`` is the standard suite that measures the same; ``is_own_tier`` says that the suite is
    meant for this artifact (demonstration suites are for demonstration models alone). ``is_beta`` says that
    it weighs nothing: the suite is beta, or this version of its scorer has failed a gate or not passed one yet.
    """

    suite_slug: str
    suite_name: str
    suite_version: str
    is_beta: bool
    metric: str
    mean: float | None
    ci_low: float | None
    ci_high: float | None
    n_families: int
    n_samples: int
    n_failed: int
    n_unscored: int
    scorer: str
    scorer_version: str
    computed_at: datetime
    run_id: int
    stands_for: str
    is_own_tier: bool
    stratum: str = ""


def headline_scores(
    artifact_ids: Sequence[int], *, secondary: bool = False, by_stratum: bool = False
) -> dict[int, list[SuiteScore]]:
    """Return each artifact's finished scores on the current suites: the headline metric, or all of them.

    One query. Of several scorer versions the one computed last counts. With ``by_stratum`` the means of
    each suite's strata follow the suite's own.
    """
    rows = finished_means() if by_stratum else whole_suite()
    rows = rows.filter(run__recipe__artifact_id__in=list(artifact_ids))
    if not secondary:
        rows = rows.filter(metric=F("run__suite__headline_metric"))
    found: dict[int, list[SuiteScore]] = defaultdict(list)
    for row in rows:
        found[row.run.recipe.artifact_id].append(suite_score(row))
    for scores in found.values():
        scores.sort(key=lambda score: (score.suite_slug, score.stratum))
    return dict(found)


def suite_score(row: Aggregate) -> SuiteScore:
    """Return an aggregate of ``finished_means`` as a record."""
    suite = row.run.suite
    return SuiteScore(
        suite_slug=suite.slug,
        suite_name=suite.name,
        suite_version=suite.version,
        is_beta=suite.is_beta or bool(getattr(row, UNPROVEN)),
        metric=row.metric,
        mean=row.mean,
        ci_low=row.ci_low,
        ci_high=row.ci_high,
        n_families=row.n_families,
        n_samples=row.n_samples,
        n_failed=row.n_failed,
        n_unscored=row.n_unscored,
        scorer=row.scorer,
        scorer_version=row.scorer_version,
        computed_at=row.computed_at,
        run_id=row.run_id,
        stratum=row.stratum,
        stands_for=suite.stands_for,
        is_own_tier=row.run.recipe.artifact.is_demonstration == (suite.tier == Suite.Tier.DEMONSTRATION),
    )


def whole_suite() -> QuerySet[Aggregate]:
    """Means over whole suites of finished canonical runs on current public suites, the last of each metric."""
    return finished_means().filter(stratum=WHOLE_SUITE)


def finished_means() -> QuerySet[Aggregate]:
    """Means of finished canonical runs on current public suites, whole and by stratum, the last of each metric."""
    return (
        Aggregate.objects.filter(
            run__state=Run.State.FINISHED,
            run__recipe__is_canonical=True,
            run__suite__is_current=True,
            run__suite__split=Suite.Split.PUBLIC,
        )
        .annotate(**{UNPROVEN: is_unproven()})
        .select_related("run__suite", "run__recipe__artifact")
        .order_by("run_id", "metric", "stratum", "-computed_at", "-id")
        .distinct("run_id", "metric", "stratum")
    )

"""Means with intervals of artifacts on the current suites, and paired differences of two artifacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

from django.db.models import F, QuerySet

from evaluation import differences
from evaluation.differences import PairedDifference
from evaluation.models import Aggregate, Run, Sample, Score, Suite
from evaluation.selectors.reports import failed_gate

WHOLE_SUITE = ""
FAILED_GATE = "has_failed_gate"
_Columns: TypeAlias = tuple[tuple[float, ...], tuple[float, ...], tuple[str, ...]]


@dataclass(frozen=True)
class SuiteScore:
    """One metric of one artifact on one suite; mean and interval between 0 and 1, None where unscored.

    ``stands_for`` is the standard suite that measures the same; ``is_own_tier`` says that the suite is
    meant for this artifact (demonstration suites are for demonstration models alone). ``is_beta`` says that
    it weighs nothing: the suite is beta, or this version of its scorer has failed a gate.
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


@dataclass(frozen=True)
class PairedScore:
    """First minus second on the prompts and seeds that both have, with its interval.

    The interval's ``level`` is above 0.95 where Holm's correction over the suites shown asks for it.
    """

    suite_slug: str
    suite_name: str
    metric: str
    n_prompts: int
    difference: float
    ci_low: float
    ci_high: float
    is_tie: bool
    minimal_detectable: float
    p_value: float = 1.0
    level: float = 0.95


@dataclass(frozen=True)
class ScoredPair:
    """The headline values of two samples of one prompt and seed."""

    suite_slug: str
    suite_name: str
    metric: str
    position: int
    prompt_id: int
    family: str
    k: int
    first_score_id: int
    second_score_id: int
    first: float | None
    second: float | None
    stratum: str = ""
    first_status: str = Sample.Status.OK.value
    second_status: str = Sample.Status.OK.value

    @property
    def difference(self) -> float | None:
        """First minus second, where both have a value."""
        return None if self.first is None or self.second is None else self.first - self.second


@dataclass(frozen=True)
class ScoredSet:
    """The headline values of several artifacts' samples of one prompt and seed, in the order asked for."""

    suite_slug: str
    suite_name: str
    position: int
    k: int
    score_ids: tuple[int, ...]
    values: tuple[float | None, ...]

    @property
    def spread(self) -> float | None:
        """Best minus worst, where all have a value."""
        known = [value for value in self.values if value is not None]
        return max(known) - min(known) if len(known) == len(self.values) else None


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
        is_beta=suite.is_beta or bool(getattr(row, FAILED_GATE)),
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


def paired_scores(first_id: int, second_id: int) -> list[PairedScore]:
    """Return the paired difference of two artifacts on every suite that both finished. One query."""
    return paired_differences(scored_pairs(first_id, second_id))


def paired_differences(pairs: Iterable[ScoredPair]) -> list[PairedScore]:
    """Return the paired difference on each suite of pairs that were read already. No query.

    They are shown together, so Holm's correction runs over the suites.
    """
    suites: dict[str, list[ScoredPair]] = defaultdict(list)
    for pair in pairs:
        if pair.difference is not None:
            suites[pair.suite_slug].append(pair)
    members = [rows for _, rows in sorted(suites.items())]
    results = _differences(tuple(_columns(rows) for rows in members))
    return [_paired_score(rows, result) for rows, result in zip(members, results, strict=True)]


def scored_pairs(first_id: int, second_id: int) -> list[ScoredPair]:
    """Return the headline values of all samples that two artifacts share. One query.

    Values of different scorer versions are never paired.
    """
    pairs = [_scored_pair(first, second) for first, second in _shared_values([first_id, second_id])]
    return sorted(pairs, key=lambda pair: (pair.suite_slug, pair.position, pair.k))


def scored_sets(artifact_ids: Sequence[int]) -> list[ScoredSet]:
    """Return the headline values of all samples that several artifacts share. One query."""
    sets = [_scored_set(values) for values in _shared_values(artifact_ids)]
    return sorted(sets, key=lambda item: (item.suite_slug, item.position, item.k))


def _shared_values(artifact_ids: Sequence[int]) -> list[list[dict[str, Any]]]:
    """Return for each prompt and seed that all have in one scorer version their values, in order."""
    rows = _headline_values(artifact_ids)
    latest = {row["sample__run_id"]: row["scorer_version"] for row in rows}
    sides: dict[int, dict[tuple[int, int, str], dict[str, Any]]] = {id_: {} for id_ in artifact_ids}
    for row in rows:
        if row["scorer_version"] == latest[row["sample__run_id"]]:
            key = (row["sample__prompt_id"], row["sample__k"], row["scorer_version"])
            sides[row["sample__run__recipe__artifact_id"]][key] = row
    shared = set.intersection(*(set(side) for side in sides.values())) if sides else set()
    return [[sides[id_][key] for id_ in artifact_ids] for key in shared]


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
        .annotate(**{FAILED_GATE: failed_gate()})
        .select_related("run__suite", "run__recipe__artifact")
        .order_by("run_id", "metric", "stratum", "-computed_at", "-id")
        .distinct("run_id", "metric", "stratum")
    )


# Plain values, not rows: a comparison reads a thousand of them and shows a few.
_PAIR_COLUMNS = (
    "pk",
    "value",
    "metric",
    "scorer_version",
    "sample__k",
    "sample__status",
    "sample__run_id",
    "sample__prompt_id",
    "sample__prompt__position",
    "sample__prompt__family",
    "sample__prompt__stratum",
    "sample__run__suite__slug",
    "sample__run__suite__name",
    "sample__run__recipe__artifact_id",
)


def _headline_values(artifact_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Scores in the order in which they were written, so that the last version of a run comes last."""
    return list(
        Score.objects.filter(
            sample__run__recipe__artifact_id__in=artifact_ids,
            sample__run__recipe__is_canonical=True,
            sample__run__state=Run.State.FINISHED,
            sample__run__suite__is_current=True,
            sample__run__suite__split=Suite.Split.PUBLIC,
            metric=F("sample__run__suite__headline_metric"),
        )
        .order_by("id")
        .values(*_PAIR_COLUMNS)
    )


def _scored_pair(first: dict[str, Any], second: dict[str, Any]) -> ScoredPair:
    return ScoredPair(
        suite_slug=first["sample__run__suite__slug"],
        suite_name=first["sample__run__suite__name"],
        metric=first["metric"],
        position=first["sample__prompt__position"],
        prompt_id=first["sample__prompt_id"],
        family=first["sample__prompt__family"],
        k=first["sample__k"],
        first_score_id=first["pk"],
        second_score_id=second["pk"],
        first=first["value"],
        second=second["value"],
        stratum=first["sample__prompt__stratum"],
        first_status=first["sample__status"],
        second_status=second["sample__status"],
    )


def _scored_set(values: Sequence[dict[str, Any]]) -> ScoredSet:
    first = values[0]
    return ScoredSet(
        suite_slug=first["sample__run__suite__slug"],
        suite_name=first["sample__run__suite__name"],
        position=first["sample__prompt__position"],
        k=first["sample__k"],
        score_ids=tuple(value["pk"] for value in values),
        values=tuple(value["value"] for value in values),
    )


def _columns(pairs: Sequence[ScoredPair]) -> _Columns:
    return (
        tuple(pair.first or 0.0 for pair in pairs),
        tuple(pair.second or 0.0 for pair in pairs),
        tuple(pair.family for pair in pairs),
    )


def _paired_score(pairs: Sequence[ScoredPair], result: PairedDifference) -> PairedScore:
    return PairedScore(
        suite_slug=pairs[0].suite_slug,
        suite_name=pairs[0].suite_name,
        metric=pairs[0].metric,
        n_prompts=len({pair.prompt_id for pair in pairs}),
        difference=result.difference,
        ci_low=result.low,
        ci_high=result.high,
        is_tie=result.is_tie,
        minimal_detectable=result.minimal_detectable,
        p_value=result.p_value,
        level=result.level,
    )


@lru_cache(maxsize=512)
def _differences(pairs: tuple[_Columns, ...]) -> list[PairedDifference]:
    """Keep results: the same pages are asked for again, and the same values give the same intervals."""
    return differences.paired_differences(pairs)

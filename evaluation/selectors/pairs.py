"""Differences of artifacts on the prompts and seeds that they share, two or several at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, TypeAlias

from django.db.models import F

from evaluation import differences
from evaluation.differences import PairedDifference
from evaluation.models import Run, Sample, Score, Suite

_Columns: TypeAlias = tuple[tuple[float, ...], tuple[float, ...], tuple[str, ...]]
_Side: TypeAlias = dict[tuple[int, int, str], dict[str, Any]]


@dataclass(frozen=True)
class PairedScore:
    """First minus second on the prompts and seeds that both have, with its interval.

    The interval's ``level`` is above 0.95 where Holm's correction over all differences shown asks for it.
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
class PairwiseScore:
    """The difference of two of several artifacts on one suite; ``score`` is first minus second."""

    first_id: int
    second_id: int
    score: PairedScore


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


def paired_scores(first_id: int, second_id: int) -> list[PairedScore]:
    """Return the paired difference of two artifacts on every suite that both finished. One query."""
    return paired_differences(scored_pairs(first_id, second_id))


def paired_differences(pairs: Iterable[ScoredPair]) -> list[PairedScore]:
    """Return the paired difference on each suite of pairs that were read already. No query.

    They are shown together, so Holm's correction runs over the suites.
    """
    return _paired(_by_suite(pairs))


def pairwise_scores(artifact_ids: Sequence[int]) -> list[PairwiseScore]:
    """Return the difference of every two of several artifacts on every suite that both finished. One query.

    Each pair is taken on what the two share, as on a page of their own; Holm's correction runs over all pairs
    and suites, which are shown together. The order is that of suites, then of the artifacts asked for.
    """
    return _pairwise(_sides(artifact_ids), artifact_ids)


def several_scores(artifact_ids: Sequence[int]) -> tuple[list[ScoredSet], list[PairwiseScore]]:
    """Return what ``scored_sets`` and ``pairwise_scores`` return. One query for both."""
    sides = _sides(artifact_ids)
    return _sets(sides, artifact_ids), _pairwise(sides, artifact_ids)


def _pairwise(sides: Mapping[int, _Side], artifact_ids: Sequence[int]) -> list[PairwiseScore]:
    asked: list[tuple[int, int, list[ScoredPair]]] = []
    for first_id, second_id in combinations(artifact_ids, 2):
        shared = _shared([sides[first_id], sides[second_id]])
        groups = _by_suite(_scored_pair(first, second) for first, second in shared)
        asked += [(first_id, second_id, group) for group in groups]
    asked.sort(key=lambda pair: pair[2][0].suite_slug)
    scores = _paired([group for _, _, group in asked])
    return [PairwiseScore(a, b, score) for (a, b, _), score in zip(asked, scores, strict=True)]


def scored_pairs(first_id: int, second_id: int) -> list[ScoredPair]:
    """Return the headline values of all samples that two artifacts share. One query.

    Values of different scorer versions are never paired.
    """
    sides = _sides([first_id, second_id])
    shared = _shared([sides[first_id], sides[second_id]])
    pairs = [_scored_pair(first, second) for first, second in shared]
    return sorted(pairs, key=lambda pair: (pair.suite_slug, pair.position, pair.k))


def scored_sets(artifact_ids: Sequence[int]) -> list[ScoredSet]:
    """Return the headline values of all samples that several artifacts share. One query."""
    return _sets(_sides(artifact_ids), artifact_ids)


def _sets(sides: Mapping[int, _Side], artifact_ids: Sequence[int]) -> list[ScoredSet]:
    sets = [_scored_set(values) for values in _shared([sides[id_] for id_ in artifact_ids])]
    return sorted(sets, key=lambda item: (item.suite_slug, item.position, item.k))


def _sides(artifact_ids: Sequence[int]) -> dict[int, _Side]:
    """Return each artifact's values in the version that scored its runs last, by what they share."""
    rows = _headline_values(artifact_ids)
    latest = {row["sample__run_id"]: row["scorer_version"] for row in rows}
    sides: dict[int, _Side] = {id_: {} for id_ in artifact_ids}
    for row in rows:
        if row["scorer_version"] == latest[row["sample__run_id"]]:
            key = (row["sample__prompt_id"], row["sample__k"], row["scorer_version"])
            sides[row["sample__run__recipe__artifact_id"]][key] = row
    return sides


def _shared(sides: Sequence[_Side]) -> list[list[dict[str, Any]]]:
    keys = sorted(set.intersection(*(set(side) for side in sides))) if sides else []
    return [[side[key] for side in sides] for key in keys]


def _by_suite(pairs: Iterable[ScoredPair]) -> list[list[ScoredPair]]:
    """Group the pairs that have two values by suite, in the order of the suites' slugs."""
    suites: dict[str, list[ScoredPair]] = defaultdict(list)
    for pair in pairs:
        if pair.difference is not None:
            suites[pair.suite_slug].append(pair)
    return [group for _, group in sorted(suites.items())]


def _paired(groups: Sequence[list[ScoredPair]]) -> list[PairedScore]:
    """Return the difference of each group of pairs; all of them are shown together."""
    results = _differences(tuple(_columns(group) for group in groups))
    return [_paired_score(group, result) for group, result in zip(groups, results, strict=True)]


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

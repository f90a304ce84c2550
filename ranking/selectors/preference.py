"""What people prefer, as strengths with intervals, and how far that agrees with the suites."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.selectors import headline_scores, preference_counts
from ranking.compute.bradley_terry import strengths
from ranking.compute.correlation import RankCorrelation, rank_correlation

# Fewer votes than this say nothing of a model.
MIN_VOTES = 50
Z_95 = 1.959964
# A difference of strengths in the units that chess has made familiar: 400 points are odds of ten to one.
POINTS_PER_STRENGTH = 400 / float(np.log(10))
OUTCOMES = {"left": 1.0, "right": 0.0, "both-good": 0.5, "both-bad": 0.5}


@dataclass(frozen=True)
class Preferred:
    """One artifact's strength in points around 0 with its 95 % interval; None where it says nothing yet."""

    artifact_id: int
    n_votes: int
    points: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Agreement:
    """How the order of people agrees with that of a suite."""

    suite: str
    correlation: RankCorrelation


@dataclass(frozen=True)
class PreferenceBoard:
    """All that the votes say: strongest first, those without enough votes at the end."""

    n_votes: int
    n_ties: int
    n_left: int
    n_right: int
    rows: tuple[Preferred, ...]
    agreements: tuple[Agreement, ...]


def preference_board() -> PreferenceBoard:
    """Return the strengths that all votes give. Two queries."""
    counts = preference_counts()
    ids = sorted({side for count in counts for side in (count.left_id, count.right_id)})
    index = {artifact_id: number for number, artifact_id in enumerate(ids)}
    n_votes = dict.fromkeys(ids, 0)
    by_choice = dict.fromkeys(OUTCOMES, 0)
    for count in counts:
        n_votes[count.left_id] += count.n
        n_votes[count.right_id] += count.n
        by_choice[count.choice] += count.n
    times = [count.n for count in counts]
    found = strengths(
        np.repeat(np.array([index[count.left_id] for count in counts], dtype=np.int64), times),
        np.repeat(np.array([index[count.right_id] for count in counts], dtype=np.int64), times),
        np.repeat(np.array([OUTCOMES[count.choice] for count in counts]), times),
        n=len(ids),
    )
    rows = [
        _preferred(artifact_id, n_votes[artifact_id], float(value), float(sd))
        for artifact_id, value, sd in zip(ids, found.values, found.sds, strict=True)
    ]
    rows.sort(key=lambda row: (row.points is None, -(row.points or 0.0), row.artifact_id))
    return PreferenceBoard(
        n_votes=sum(times),
        n_ties=by_choice["both-good"] + by_choice["both-bad"],
        n_left=by_choice["left"],
        n_right=by_choice["right"],
        rows=tuple(rows),
        agreements=_agreements(rows),
    )


def _preferred(artifact_id: int, n_votes: int, value: float, sd: float) -> Preferred:
    if n_votes < MIN_VOTES or np.isnan(value):
        return Preferred(artifact_id, n_votes, None, None, None)
    points, half = value * POINTS_PER_STRENGTH, Z_95 * sd * POINTS_PER_STRENGTH
    return Preferred(artifact_id, n_votes, points, points - half, points + half)


def _agreements(rows: Sequence[Preferred]) -> tuple[Agreement, ...]:
    """Return the rank correlation with each suite on which at least four of the models are measured."""
    points = {row.artifact_id: row.points for row in rows if row.points is not None}
    by_suite: dict[str, list[tuple[float, float]]] = {}
    for artifact_id, scores in headline_scores(list(points)).items():
        for score in scores:
            if score.mean is not None:
                by_suite.setdefault(score.suite_name, []).append((points[artifact_id], score.mean))
    found = [(suite, rank_correlation(pairs)) for suite, pairs in sorted(by_suite.items())]
    return tuple(Agreement(suite, correlation) for suite, correlation in found if correlation)

"""Positions in a list of scores, and the range of places that the intervals leave open."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

# A score with the bounds of its 90 % interval, in milli-points.
Bounds: TypeAlias = tuple[int, int, int]
EXACT_UP_TO = 5_000
STEPS = 16


@dataclass(frozen=True)
class Position:
    """A place among ``of`` that were ranked together, 1 is the best, and the range that it may really be."""

    place: int
    of: int
    best: int
    worst: int


def positions(scores: Sequence[int]) -> list[int]:
    """Return the position of each score, best first from 1; equal scores share one.

    >>> positions([50, 70, 50, 10])
    [2, 1, 2, 4]
    """
    best_first = sorted(scores, reverse=True)
    first_at: dict[int, int] = {}
    for index, score in enumerate(best_first, start=1):
        first_at.setdefault(score, index)
    return [first_at[score] for score in scores]


def place_ranges(ranks: Sequence[Bounds]) -> list[tuple[int, int]]:
    """Return the best and the worst place that each can hold among all.

    A rival is ahead only where a verdict would call that clear (P >= 0.95 for independent normal scores):
    where the distance of the scores is at least the root of the sum of the squares of the two halves of the
    90 % intervals, of each the wider. Halves are rounded up to at most ``STEPS`` steps where there are more
    than ``EXACT_UP_TO`` ranks, so that a million take seconds. In integers, so that every machine finds the
    same.

    >>> place_ranges([(90, 85, 95), (88, 83, 93), (20, 15, 25)])
    [(1, 2), (1, 2), (3, 3)]
    """
    if not ranks:
        return []
    score, low, high = np.array(ranks, dtype=np.int64).T
    halves = np.maximum(score - low, high - score)
    if len(ranks) > EXACT_UP_TO:
        steps = np.quantile(halves, np.linspace(0, 1, STEPS + 1)[1:], method="higher")
        halves = steps[np.searchsorted(steps, halves)]
    ahead = np.zeros(len(ranks), dtype=np.int64)
    behind = np.zeros(len(ranks), dtype=np.int64)
    for half in np.unique(halves):
        rivals = np.sort(score[halves == half])
        distance = np.maximum(np.ceil(np.sqrt(halves**2 + half**2)).astype(np.int64), 1)
        ahead += len(rivals) - np.searchsorted(rivals, score + distance)
        behind += np.searchsorted(rivals, score - distance, side="right")
    return [(1 + int(up), len(ranks) - int(down)) for up, down in zip(ahead, behind, strict=True)]


def place_words(best: int, worst: int) -> str:
    """Return a range of places.

    >>> place_words(1, 1), place_words(2, 5)
    ('1', '2–5')
    """
    return str(best) if best == worst else f"{best}\N{EN DASH}{worst}"


def grouped_positions(ranks: Sequence[Bounds], *, groups: Sequence[Hashable]) -> list[Position]:
    """Return the position of each rank among those of its own group.

    >>> grouped_positions([(50, 50, 50), (70, 60, 80), (90, 90, 90)], groups=["model", "model", "library"])[0]
    Position(place=2, of=2, best=2, worst=2)
    """
    members: dict[Hashable, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        members[group].append(index)
    found: dict[int, Position] = {}
    for indices in members.values():
        own = [ranks[index] for index in indices]
        places = zip(positions([rank[0] for rank in own]), place_ranges(own), strict=True)
        found |= {
            index: Position(place, len(indices), best, worst)
            for index, (place, (best, worst)) in zip(indices, places, strict=True)
        }
    return [found[index] for index in range(len(ranks))]

"""Positions in a list of scores."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Position:
    """A place among ``of`` that were ranked together, 1 is the best."""

    place: int
    of: int


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


def grouped_positions(scores: Sequence[int], *, groups: Sequence[Hashable]) -> list[Position]:
    """Return the position of each score among those of its own group.

    >>> grouped_positions([50, 70, 90], groups=["model", "model", "library"])
    [Position(place=2, of=2), Position(place=1, of=2), Position(place=1, of=1)]
    """
    members: dict[Hashable, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        members[group].append(index)
    found: dict[int, Position] = {}
    for indices in members.values():
        places = positions([scores[index] for index in indices])
        found |= {index: Position(place, len(indices)) for index, place in zip(indices, places, strict=True)}
    return [found[index] for index in range(len(scores))]

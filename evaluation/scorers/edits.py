"""Edit distances that say which letters were right, wrong, missing or too many."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Edits:
    """A cheapest way from one text to another; letters kept in place count as hits."""

    cost: int
    misses: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def hits(self) -> int:
        """How many letters of the first text are found in the second, in order."""
        return -self.misses


def count_edits(asked: str, read: str) -> Edits:
    """Align two texts (Levenshtein 1966); among the cheapest ways the one with most hits is taken.

    >>> edits = count_edits("COFFEE", "COFEE")
    >>> edits.hits, edits.deletions, edits.cost
    (5, 1, 1)
    """
    row = [Edits(j, 0, 0, 0, j) for j in range(len(read) + 1)]
    for i, letter in enumerate(asked, start=1):
        previous, row = row, [Edits(i, 0, 0, i, 0)]
        for j, other in enumerate(read, start=1):
            row.append(
                min(
                    _step(previous[j - 1], hit=letter == other, substitution=letter != other),
                    _step(previous[j], deletion=True),
                    _step(row[j - 1], insertion=True),
                )
            )
    return row[-1]


def _step(
    before: Edits,
    *,
    hit: bool = False,
    substitution: bool = False,
    deletion: bool = False,
    insertion: bool = False,
) -> Edits:
    return Edits(
        before.cost + (not hit),
        before.misses - hit,
        before.substitutions + substitution,
        before.deletions + deletion,
        before.insertions + insertion,
    )

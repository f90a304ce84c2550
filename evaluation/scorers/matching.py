"""Which line that was read belongs to which region of text that was asked for.

Regions are assigned to blocks of lines so that the fewest edits remain; their order in the picture is
free, the order of letters inside a region is not. A region may be wrapped over several lines: blocks
are joined, first along rows and then pair by pair, for as long as that leaves fewer edits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from evaluation.scorers.edits import Edits, count_edits
from evaluation.scorers.lines import Line, join, joined_rows, neighbours


@dataclass(frozen=True)
class Match:
    """An asked region, the block that was taken for it (or none), and the edits between them."""

    asked: str
    line: Line | None
    edits: Edits

    @property
    def is_exact(self) -> bool:
        """Whether every letter is right."""
        return self.line is not None and self.edits.cost == 0

    @property
    def ned(self) -> float:
        """One minus the edit distance over the longer of both texts."""
        return 1.0 - self.edits.cost / max(len(self.asked), len(self.line.text) if self.line else 0)


@dataclass(frozen=True)
class Reading:
    """All matches of a picture and the blocks that nobody asked for."""

    matches: tuple[Match, ...]
    extra: tuple[Line, ...]

    @property
    def n_asked(self) -> int:
        """Letters asked for."""
        return sum(len(match.asked) for match in self.matches)

    @property
    def n_extra(self) -> int:
        """Letters in blocks that nobody asked for."""
        return sum(len(line.text) for line in self.extra)

    @property
    def cost(self) -> int:
        """Edits over all regions, with every unasked letter as one."""
        return sum(match.edits.cost for match in self.matches) + self.n_extra

    @property
    def f1(self) -> float:
        """Harmonic mean of the share of asked letters found and the share of read letters asked for."""
        hits = sum(match.edits.hits for match in self.matches)
        read = sum(len(match.line.text) for match in self.matches if match.line)
        return 2 * hits / (self.n_asked + read + self.n_extra)


def match_text(asked: Sequence[str], lines: Sequence[Line]) -> Reading:
    """Assign regions to lines with the fewest edits, lines taken apart or joined.

    Raises:
        ValueError: where nothing is asked for.
    """
    if not any(asked):
        raise ValueError("no text is asked for")
    starts = (list(lines), joined_rows(lines))
    return min((_joined_while_better(asked, blocks) for blocks in starts), key=lambda reading: reading.cost)


def _joined_while_better(asked: Sequence[str], blocks: list[Line]) -> Reading:
    best = _assign(asked, blocks)
    longest = 1.5 * max(len(text) for text in asked)
    while True:
        tries = []
        for i, j in neighbours(blocks):
            both = join((blocks[i], blocks[j]))
            if len(both.text) <= longest:
                rest = [block for place, block in enumerate(blocks) if place not in (i, j)]
                tries.append([*rest, both])
        readings = [(_assign(asked, blocks), blocks) for blocks in tries]
        better, joined = min(readings, key=lambda found: found[0].cost, default=(best, blocks))
        if better.cost >= best.cost:
            return best
        best, blocks = better, joined


def _assign(asked: Sequence[str], lines: Sequence[Line]) -> Reading:
    edits = [[count_edits(text, line.text) for line in lines] for text in asked]
    # Leaving a region unread costs its letters, and leaving a line unasked costs its own. Among equals an
    # exact match goes first: it counts for less than any edit.
    costs = np.array(
        [
            [e.cost - len(line.text) - (e.cost == 0) / 100 for e, line in zip(row, lines, strict=True)]
            for row in edits
        ]
    )
    matches = [Match(text, None, count_edits(text, "")) for text in asked]
    taken: set[int] = set()
    for i, j in zip(*linear_sum_assignment(costs.reshape(len(asked), len(lines))), strict=True):
        if edits[i][j].hits:
            matches[i] = Match(asked[i], lines[j], edits[i][j])
            taken.add(int(j))
    extra = tuple(line for j, line in enumerate(lines) if j not in taken)
    return Reading(tuple(matches), extra)

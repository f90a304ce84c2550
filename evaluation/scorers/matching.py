"""Which line that was read belongs to which region of text that was asked for.

Regions are assigned to blocks of lines so that the fewest edits remain; their order in the picture is
free, the order of letters inside a region is not. A region may be wrapped over several lines: blocks
are joined, first along rows and then pair by pair, for as long as that leaves fewer edits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

from evaluation.scorers.edits import Edits, count_edits
from evaluation.scorers.lines import Line, join, joined_rows, neighbours

Column: TypeAlias = npt.NDArray[np.float64]


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
    costs = _Costs(tuple(asked))
    apart, rows = list(lines), joined_rows(lines)
    starts = [apart] if apart == rows else [apart, rows]
    blocks = min((_joined_while_better(costs, start) for start in starts), key=costs.total)
    matches = [Match(text, None, count_edits(text, "")) for text in asked]
    taken = costs.assigned(blocks)
    for i, j in taken.items():
        matches[i] = Match(asked[i], blocks[j], count_edits(asked[i], blocks[j].text))
    extra = tuple(block for j, block in enumerate(blocks) if j not in taken.values())
    return Reading(tuple(matches), extra)


@dataclass
class _Costs:
    """What it costs to take a block for each of the regions; distances are kept, since blocks are tried often."""

    asked: tuple[str, ...]
    columns: dict[str, Column] = field(default_factory=dict)

    def total(self, blocks: Sequence[Line]) -> float:
        """Return the edits that remain, every unasked letter and every letter of an unread region as one."""
        matrix = self._matrix(blocks)
        rows, columns = linear_sum_assignment(matrix)
        unread = sum(len(text) for i, text in enumerate(self.asked) if i not in rows)
        return float(matrix[rows, columns].sum()) + unread + sum(len(block.text) for block in blocks)

    def assigned(self, blocks: Sequence[Line]) -> dict[int, int]:
        """Return the place of the block that is taken for each region; a block without a shared letter is not."""
        pairs = zip(*linear_sum_assignment(self._matrix(blocks)), strict=True)
        return {int(i): int(j) for i, j in pairs if set(self.asked[i]) & set(blocks[j].text)}

    def _matrix(self, blocks: Sequence[Line]) -> Column:
        if not blocks:
            return np.empty((len(self.asked), 0))
        return np.column_stack([self._column(block.text) for block in blocks])

    def _column(self, text: str) -> Column:
        if text not in self.columns:
            self.columns[text] = np.array([_cost(wanted, text) for wanted in self.asked])
        return self.columns[text]


def _cost(asked: str, text: str) -> float:
    """Edits of taking a text for a region, less the text's own letters, which it would cost if left unasked.

    Among equals an exact match goes first: it counts for less than any edit.
    """
    if set(asked).isdisjoint(text):
        return float(len(asked))
    distance = Levenshtein.distance(asked, text)
    return distance - len(text) - (distance == 0) / 100


def _joined_while_better(costs: _Costs, blocks: list[Line]) -> list[Line]:
    """Join the two neighbours that save most, for as long as that saves anything."""
    longest = 1.5 * max(len(text) for text in costs.asked)
    while True:
        tries = [blocks, *_joined_once(blocks, longest=longest)]
        best = min(tries, key=costs.total)
        if best is blocks:
            return blocks
        blocks = best


def _joined_once(blocks: Sequence[Line], *, longest: float) -> Iterator[list[Line]]:
    for i, j in neighbours(blocks):
        if len(blocks[i].text) + len(blocks[j].text) < longest:
            rest = [block for place, block in enumerate(blocks) if place not in (i, j)]
            yield [*rest, join((blocks[i], blocks[j]))]

"""Lines of text as an engine read them, and the ways in which they may belong together."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

LEAST_CONFIDENCE: Final = 0.5
Box: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True)
class Line:
    """A line of text and its box (x0, y0, x1, y1) as fractions of the picture."""

    text: str
    box: Box

    @property
    def middle(self) -> float:
        """Height of its middle, from the top."""
        return (self.box[1] + self.box[3]) / 2


def normalise(text: str) -> str:
    r"""Return text in NFKC with white space collapsed; capitals stay.

    >>> normalise("  \uff2f\uff30EN   now ")
    'OPEN now'
    """
    return " ".join(unicodedata.normalize("NFKC", text).split())


def read_lines(observation: dict[str, Any]) -> list[Line]:
    """Return the lines that were read with enough confidence, from top to bottom and left to right."""
    lines = [
        Line(normalise(line["text"]), _bounds(line["corners"]))
        for line in observation["lines"]
        if line["confidence"] >= LEAST_CONFIDENCE and normalise(line["text"])
    ]
    return sorted(lines, key=lambda line: (line.box[1], line.box[0]))


def joined_rows(lines: Sequence[Line]) -> list[Line]:
    """Join lines whose middles lie inside each other's height, left to right."""
    rows: list[list[Line]] = []
    for line in lines:
        row = next((r for r in rows if r[0].box[1] <= line.middle <= r[0].box[3]), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    return [join(sorted(row, key=lambda line: line.box[0])) for row in rows]


def neighbours(blocks: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Yield each block's place with that of the nearest one to its right, and of the nearest one below."""
    for i, block in enumerate(blocks):
        right = [j for j, other in enumerate(blocks) if _is_right_of(other, block)]
        below = [j for j, other in enumerate(blocks) if _is_below(other, block)]
        if right:
            yield i, min(right, key=lambda j: blocks[j].box[0])
        if below:
            yield i, min(below, key=lambda j: blocks[j].box[1])


def join(blocks: Sequence[Line]) -> Line:
    """Return the blocks as one, in the order given; a space parts them where the script has spaces."""
    text = blocks[0].text
    for block in blocks[1:]:
        text += ("" if _is_wide(text[-1]) and _is_wide(block.text[0]) else " ") + block.text
    x0, y0, x1, y1 = zip(*(block.box for block in blocks), strict=True)
    return Line(text, (min(x0), min(y0), max(x1), max(y1)))


def _is_right_of(other: Line, block: Line) -> bool:
    return block.box[1] <= other.middle <= block.box[3] and other.box[0] >= (block.box[0] + block.box[2]) / 2


def _is_below(other: Line, block: Line) -> bool:
    overlaps = other.box[0] < block.box[2] and block.box[0] < other.box[2]
    return overlaps and other.box[1] >= block.middle and other != block


def _is_wide(letter: str) -> bool:
    """Whether a letter belongs to a script that is written without spaces (Chinese, Japanese)."""
    return unicodedata.east_asian_width(letter) in "WF"


def _bounds(corners: Sequence[Sequence[float]]) -> Box:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)

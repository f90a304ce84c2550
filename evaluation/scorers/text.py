"""Is the text that was asked for in the picture, letter for letter, and no other?

Both sides are normalised (NFKC, white space collapsed) and compared with capitals kept apart. Asked
regions are assigned to the lines read so that the fewest edits remain; their order in the picture is
free, the order of letters inside a region is not. Lines of one row may be one region: the reading of
the rows, joined or apart, that leaves fewer edits is taken.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from evaluation.scorers.base import Observations, Value
from evaluation.scorers.edits import Edits, count_edits
from evaluation.suites.spec import PromptSpec

VERSION: Final = "1"
METRICS: Final = ("text_exact", "text_f1", "cer")
LEAST_CONFIDENCE: Final = 0.5


@dataclass(frozen=True)
class Line:
    """A line of text and its box as fractions of the picture."""

    text: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Match:
    """An asked region, the line that was taken for it (or none), and the edits between them."""

    asked: str
    line: Line | None
    edits: Edits

    @property
    def is_exact(self) -> bool:
        """Whether every letter is right."""
        return self.line is not None and self.edits.cost == 0


@dataclass(frozen=True)
class Reading:
    """All matches of a picture and the lines that nobody asked for."""

    matches: tuple[Match, ...]
    extra: tuple[Line, ...]

    @property
    def cost(self) -> int:
        """Edits over all regions, with every unasked letter as one."""
        return sum(match.edits.cost for match in self.matches) + sum(len(line.text) for line in self.extra)


def score_text(spec: PromptSpec, observations: Observations) -> list[Value]:
    """Return text_exact, text_f1 and cer for one picture."""
    asked = [normalise(text) for text in spec.asked_texts]
    reading = match_text(asked, read_lines(observations["ocr"]))
    reason, evidence = _reason(reading), _evidence(reading)
    return [
        Value("text_exact", float(all(m.is_exact for m in reading.matches)), reason, evidence),
        Value("text_f1", _f1(reading), reason),
        Value("cer", min(1.0, reading.cost / sum(len(text) for text in asked)), reason),
    ]


def normalise(text: str) -> str:
    r"""Return text in NFKC with white space collapsed; capitals stay.

    >>> normalise("  \uff2f\uff30EN   now ")
    'OPEN now'
    """
    return " ".join(unicodedata.normalize("NFKC", text).split())


def read_lines(observation: dict[str, Any]) -> list[Line]:
    """Return the lines that were read with enough confidence, from top to bottom and left to right."""
    lines = [
        Line(normalise(line["text"]), _box(line["corners"]))
        for line in observation["lines"]
        if line["confidence"] >= LEAST_CONFIDENCE and normalise(line["text"])
    ]
    return sorted(lines, key=lambda line: (line.box[1], line.box[0]))


def match_text(asked: Sequence[str], lines: Sequence[Line]) -> Reading:
    """Assign regions to lines with the fewest edits, lines of a row taken apart or joined."""
    return min((_assign(asked, lines), _assign(asked, _joined_rows(lines))), key=lambda reading: reading.cost)


def _assign(asked: Sequence[str], lines: Sequence[Line]) -> Reading:
    edits = [[count_edits(text, line.text) for line in lines] for text in asked]
    # Leaving a region unread costs its letters, and leaving a line unasked costs its own.
    costs = np.array([[e.cost - len(line.text) for e, line in zip(row, lines, strict=True)] for row in edits])
    matches = [Match(text, None, count_edits(text, "")) for text in asked]
    taken: set[int] = set()
    for i, j in zip(*linear_sum_assignment(costs.reshape(len(asked), len(lines))), strict=True):
        if edits[i][j].hits:
            matches[i] = Match(asked[i], lines[j], edits[i][j])
            taken.add(int(j))
    extra = tuple(line for j, line in enumerate(lines) if j not in taken)
    return Reading(tuple(matches), extra)


def _joined_rows(lines: Sequence[Line]) -> list[Line]:
    """Join lines whose middles lie inside each other's height, left to right."""
    rows: list[list[Line]] = []
    for line in lines:
        middle = (line.box[1] + line.box[3]) / 2
        row = next((r for r in rows if r[0].box[1] <= middle <= r[0].box[3]), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    return [_join(sorted(row, key=lambda line: line.box[0])) for row in rows]


def _join(row: Sequence[Line]) -> Line:
    x0, y0, x1, y1 = (np.array([line.box for line in row]).T).tolist()
    return Line(" ".join(line.text for line in row), (min(x0), min(y0), max(x1), max(y1)))


def _box(corners: Sequence[Sequence[float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _f1(reading: Reading) -> float:
    """Harmonic mean of the share of asked letters found and the share of read letters that were asked for."""
    hits = sum(match.edits.hits for match in reading.matches)
    asked = sum(len(match.asked) for match in reading.matches)
    read = sum(len(match.line.text) for match in reading.matches if match.line)
    read += sum(len(line.text) for line in reading.extra)
    return 2 * hits / (asked + read)


def _reason(reading: Reading) -> str:
    parts = [_match_reason(match) for match in reading.matches]
    if reading.extra:
        parts.append("Not asked for: " + ", ".join(f"“{line.text}”" for line in reading.extra) + ".")
    return " ".join(parts)


def _match_reason(match: Match) -> str:
    if match.line is None:
        return f"Asked for “{match.asked}”, read nothing like it."
    if match.is_exact:
        return f"Read “{match.asked}”, as asked."
    return f"Asked for “{match.asked}”, read “{match.line.text}”."


def _evidence(reading: Reading) -> dict[str, Any]:
    return {
        "regions": [
            {
                "asked": match.asked,
                "read": match.line.text if match.line else None,
                "is_exact": match.is_exact,
                "edits": match.edits.cost,
                "box": list(match.line.box) if match.line else None,
            }
            for match in reading.matches
        ],
        "extra": [{"read": line.text, "box": list(line.box)} for line in reading.extra],
    }

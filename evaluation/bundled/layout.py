"""Where things stand: centres of equal things inside a region, in fractions of the picture."""

from __future__ import annotations

from typing import Final

import numpy as np

Point = tuple[float, float]
Region = tuple[float, float, float, float]

WHOLE: Final[Region] = (0.0, 0.0, 1.0, 1.0)
HALVES: Final[dict[str, tuple[Region, Region]]] = {
    "left of": ((0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)),
    "right of": ((0.5, 0.0, 1.0, 1.0), (0.0, 0.0, 0.5, 1.0)),
    "above": ((0.0, 0.0, 1.0, 0.5), (0.0, 0.5, 1.0, 1.0)),
    "below": ((0.0, 0.5, 1.0, 1.0), (0.0, 0.0, 1.0, 0.5)),
}


def arrange(count: int, *, region: Region, rng: np.random.Generator) -> tuple[list[Point], float]:
    """Centres of `count` things that do not touch, and the radius that fits them.

    Things stand in rows that fill the region, each moved a little.
    """
    x0, y0, x1, y1 = region
    width, height = x1 - x0, y1 - y0
    rows = _rows(count, aspect=width / height)
    widest = max(rows)
    # A single thing gets less than its region, so that it can move.
    radius = min(0.27, 0.40 * min(width / widest, height / len(rows)))
    play = 0.5 * min(width / widest, height / len(rows)) - radius
    shift = rng.uniform(-0.5, 0.5, size=2) * play
    centres: list[Point] = []
    for row, columns in enumerate(rows):
        for column in range(columns):
            dx, dy = rng.uniform(-0.4, 0.4, size=2) * play + shift
            x = x0 + width * (0.5 + (column - (columns - 1) / 2) / widest)
            y = y0 + height * (row + 0.5) / len(rows)
            centres.append((x + float(dx), y + float(dy)))
    return centres, radius


def _rows(count: int, *, aspect: float) -> list[int]:
    """How many things stand in each row.

    >>> _rows(5, aspect=1.0), _rows(3, aspect=0.5), _rows(2, aspect=1.0)
    ([2, 1, 2], [1, 1, 1], [2])
    """
    if aspect < 0.75:
        return [1] * count if count <= 3 else [2] * (count // 2) + [1] * (count % 2)
    if aspect > 1.5:
        return [count] if count <= 3 else [(count + 1) // 2, count // 2]
    square = {
        1: [1],
        2: [2],
        3: [1, 2],
        4: [2, 2],
        5: [2, 1, 2],
        6: [3, 3],
        7: [2, 3, 2],
        8: [3, 2, 3],
    }
    return square.get(count, [3, 3, 3])

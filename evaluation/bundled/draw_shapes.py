"""Outlines of the shapes."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Final

from PIL import ImageDraw

from evaluation.bundled.layout import Point
from evaluation.bundled.vocabulary import Colour


def _ring(corners: int, *, inner: float = 1.0) -> list[Point]:
    """Corners around the centre from the top; every second one at `inner` times the radius."""
    turns = [2 * pi * index / corners - pi / 2 for index in range(corners)]
    reach = [1.0 if index % 2 == 0 else inner for index in range(corners)]
    return [(r * cos(t), r * sin(t)) for r, t in zip(reach, turns, strict=True)]


def _heart() -> list[Point]:
    turns = [2 * pi * index / 60 for index in range(60)]
    return [
        (
            sin(t) ** 3,
            -(13 * cos(t) - 5 * cos(2 * t) - 2 * cos(3 * t) - cos(4 * t)) / 16 - 0.06,
        )
        for t in turns
    ]


_OUTLINES: Final[dict[str, list[Point]]] = {
    "circle": _ring(64),
    "square": [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)],
    "triangle": [(0.0, -0.95), (1.0, 0.8), (-1.0, 0.8)],
    "star": _ring(10, inner=0.42),
    "heart": _heart(),
    "diamond": [(0.0, -1.0), (0.7, 0.0), (0.0, 1.0), (-0.7, 0.0)],
}


def draw_shape(pen: ImageDraw.ImageDraw, shape: str, *, centre: Point, radius: float, fill: Colour) -> None:
    """Fill one shape; centre and radius are fractions of the canvas."""
    side = pen.im.size[0]
    points = [((centre[0] + radius * x) * side, (centre[1] + radius * y) * side) for x, y in _OUTLINES[shape]]
    pen.polygon(points, fill=fill)

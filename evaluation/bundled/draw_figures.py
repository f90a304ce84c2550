"""Hands with a number of visible fingers, and stick people."""

from __future__ import annotations

from math import cos, radians, sin
from typing import Final

import numpy as np
from PIL import ImageDraw

from evaluation.bundled.layout import Point, Region
from evaluation.bundled.specs import Figure
from evaluation.bundled.vocabulary import COLOURS, SKIN_TONES, Colour

_FINGER_STEP: Final = 29.0  # degrees between neighbouring fingers
_WIDEST_FAN: Final = 150.0


def draw_hand(
    pen: ImageDraw.ImageDraw,
    figure: Figure,
    *,
    strip: Region,
    rng: np.random.Generator,
    dark: bool,
) -> Region:
    """A palm with fingers spread like a fan; returns the hand's region."""
    tones = SKIN_TONES[:2] if dark else SKIN_TONES
    skin = tones[int(rng.integers(len(tones)))]
    width = strip[2] - strip[0]
    x = (strip[0] + strip[2]) / 2 + float(rng.uniform(-0.03, 0.03)) * width
    y = 0.64 + float(rng.uniform(-0.02, 0.03))
    tilt = float(rng.uniform(-6, 6))
    unit = width * float(rng.uniform(0.93, 1.03))
    _disc(pen, (x, y), radius=0.17 * unit, fill=skin)
    _line(pen, (x, y), (x, y + 0.24 * unit), width=0.2 * unit, fill=skin)
    fingers = 5 if figure.fingers is None else figure.fingers
    step = min(_FINGER_STEP, _WIDEST_FAN / max(1, fingers - 1))
    for index in range(fingers):
        turn = radians(tilt + step * (index - (fingers - 1) / 2))
        tip = (x + 0.45 * unit * sin(turn), y - 0.45 * unit * cos(turn))
        _line(pen, (x, y), tip, width=0.095 * unit, fill=skin)
    return (x - 0.5 * unit, y - 0.5 * unit, x + 0.5 * unit, min(1.0, y + 0.34 * unit))


def draw_person(
    pen: ImageDraw.ImageDraw,
    figure: Figure,
    *,
    strip: Region,
    rng: np.random.Generator,
    dark: bool,
) -> Region:
    """A stick person: head, trunk, arms that point up or down, legs; returns the person's region."""
    ink = COLOURS["white"] if dark else COLOURS["black"]
    unit = min(0.92, 2.0 * (strip[2] - strip[0])) * float(rng.uniform(0.92, 1.0))
    x = (strip[0] + strip[2]) / 2 + float(rng.uniform(-0.03, 0.03)) * (strip[2] - strip[0])
    top = 0.5 - unit / 2 + float(rng.uniform(-0.02, 0.02))
    stroke = max(0.04, 0.06 * unit)
    neck, hip = (x, top + 0.26 * unit), (x, top + 0.62 * unit)
    shoulder = (x, top + 0.34 * unit)
    _disc(pen, (x, top + 0.14 * unit), radius=0.125 * unit, fill=ink)
    _line(pen, neck, hip, width=stroke, fill=ink)
    arms, legs = (2 if limbs is None else limbs for limbs in (figure.arms, figure.legs))
    angle = 128.0 if figure.pose == "arms up" else 48.0
    for turn in _fan(arms, angle=angle, step=28.0 if angle < 90 else -28.0):
        _limb(pen, shoulder, turn=turn, length=0.28 * unit, width=stroke, fill=ink)
    for turn in _fan(legs, angle=24.0, step=26.0):
        _limb(pen, hip, turn=turn, length=0.38 * unit, width=stroke, fill=ink)
    return (x - 0.25 * unit, top, x + 0.25 * unit, top + unit)


def _fan(limbs: int, *, angle: float, step: float) -> list[float]:
    """Angles from straight down in degrees, taken in turn left and right.

    >>> _fan(3, angle=20.0, step=25.0)
    [-20.0, 20.0, -45.0]
    """
    return [(1 if index % 2 else -1) * (angle + step * (index // 2)) for index in range(limbs)]


def _limb(
    pen: ImageDraw.ImageDraw,
    start: Point,
    *,
    turn: float,
    length: float,
    width: float,
    fill: Colour,
) -> None:
    end = (
        start[0] + length * sin(radians(turn)),
        start[1] + length * cos(radians(turn)),
    )
    _line(pen, start, end, width=width, fill=fill)


def _line(pen: ImageDraw.ImageDraw, start: Point, end: Point, *, width: float, fill: Colour) -> None:
    side = pen.im.size[0]
    points = [(x * side, y * side) for x, y in (start, end)]
    pen.line(points, fill=fill, width=round(width * side))
    for point in (start, end):
        _disc(pen, point, radius=width / 2, fill=fill)


def _disc(pen: ImageDraw.ImageDraw, centre: Point, *, radius: float, fill: Colour) -> None:
    side = pen.im.size[0]
    x, y, r = centre[0] * side, centre[1] * side, radius * side
    pen.ellipse((x - r, y - r, x + r, y + r), fill=fill)

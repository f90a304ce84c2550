"""Hands and people as joints and widths, in many builds; and the same ones with something wrong.

Everything is drawn from one generator, so a whole body and its spoilt twin differ in the fault alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import cos, radians, sin
from typing import Any, Final

import numpy as np

from evaluation.bundled.layout import Point

FAULTS: Final = ("missing", "erased", "extra", "fused", "detached", "patched")
"""One part fewer, one taken out of its place, one more, two grown together, one cut off, and pixels moved."""

MOST_FINGERS: Final = 8
MOST_LIMBS: Final = 4
_ROOT: Final = (0.5, 0.5)


@dataclass(frozen=True)
class Limb:
    """A line of joints with its width at each; a single joint is a disc. All in fractions of the picture."""

    joints: tuple[Point, ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Body:
    """A hand or a person: what always belongs to it, what is counted, and what has grown between."""

    kind: str
    core: tuple[Limb, ...]
    fingers: tuple[Limb, ...] = ()
    arms: tuple[Limb, ...] = ()
    legs: tuple[Limb, ...] = ()
    webs: tuple[tuple[Point, ...], ...] = ()

    @property
    def limbs(self) -> tuple[Limb, ...]:
        """All that can be counted."""
        return self.fingers + self.arms + self.legs

    def with_parts(self, parts: dict[str, tuple[Limb, ...]]) -> Body:
        """Return the body with other limbs under these names."""
        changes: dict[str, Any] = {**parts}
        return replace(self, **changes)


@dataclass(frozen=True)
class Build:
    """What a body looks like, whatever its number of fingers or limbs; lengths in units of the body's size."""

    size: float
    turn: float
    thickness: float
    length: float
    step: float
    arch: float
    bend: float
    is_boxed: bool
    arms_up: bool

    @classmethod
    def draw(cls, kind: str, rng: np.random.Generator) -> Build:
        """Draw one at random."""
        is_hand = kind == "hand"
        return cls(
            size=float(rng.uniform(0.55, 0.95)),
            turn=float(rng.uniform(-24, 24) if is_hand else rng.uniform(-6, 6)),
            thickness=float(rng.uniform(0.07, 0.115) if is_hand else rng.uniform(0.045, 0.085)),
            length=float(rng.uniform(0.4, 0.5)),
            step=float(rng.uniform(25, 33)),
            arch=float(rng.uniform(0.0, 0.1)),
            bend=float(rng.uniform(-22, 22)),
            is_boxed=bool(rng.random() < 0.35),
            arms_up=bool(rng.random() < 0.5),
        )


def make_hand(build: Build, *, angles: tuple[float, ...]) -> Body:
    """Return a hand whose fingers point to these angles, in degrees from straight up."""
    fingers = tuple(_finger(build, angle, angles) for angle in angles)
    side = 0.17
    palm = Limb((_ROOT,), (2 * side,))
    if build.is_boxed:
        palm = Limb(((0.5, 0.42), (0.5, 0.6)), (1.7 * side, 1.7 * side))
    wrist = Limb((_ROOT, (0.5, 0.74)), (0.2, 0.2))
    return _placed(Body("hand", (palm, wrist), fingers=fingers), build)


def finger_angles(count: int, build: Build) -> tuple[float, ...]:
    """Return angles of so many fingers in an even fan.

    >>> finger_angles(0, Build.draw("hand", np.random.default_rng(0)))
    ()
    """
    step = min(build.step, 150 / max(1, count - 1))
    return tuple(step * (place - (count - 1) / 2) for place in range(count))


def make_person(build: Build, *, arms: int, legs: int) -> Body:
    """Return a person with so many arms and legs, from 0 to 4 each."""
    stroke = build.thickness
    core = (Limb(((0.5, 0.14),), (0.25,)), Limb(((0.5, 0.26), (0.5, 0.62)), (stroke * 1.3, stroke * 1.3)))
    start, step = (128.0, -30.0) if build.arms_up else (50.0, 30.0)
    reach = build.length
    return _placed(
        Body(
            "person",
            core,
            arms=tuple(_limb((0.5, 0.34), turn, 0.62 * reach, build) for turn in _fan(arms, start, step)),
            legs=tuple(_limb((0.5, 0.62), turn, 0.82 * reach, build) for turn in _fan(legs, 24.0, 27.0)),
        ),
        build,
    )


def spoil(body: Body, fault: str, *, rng: np.random.Generator) -> Body:
    """Return the body with two parts grown together, one cut off, or one taken out of its place.

    Faults of number are drawn as another body; ``patched`` is done to the pixels.
    """
    part = "fingers" if body.kind == "hand" else ("arms", "legs")[int(rng.integers(2))]
    limbs: tuple[Limb, ...] = getattr(body, part)
    place = int(rng.integers(len(limbs)))
    if fault == "erased":
        return body.with_parts({part: limbs[:place] + limbs[place + 1 :]})
    if fault == "detached":
        cut = _cut_off(limbs[place])
        return body.with_parts({part: (*limbs[:place], cut, *limbs[place + 1 :])})
    if fault == "fused":
        ordered = sorted(limbs, key=lambda limb: limb.joints[-1])
        place = int(rng.integers(len(ordered) - 1))
        first, second = ordered[place], ordered[place + 1]
        return replace(body, webs=((*first.joints, *reversed(second.joints)),))
    raise ValueError(f"{fault!r} is not a fault of the joints")


def _fan(count: int, start: float, step: float) -> list[float]:
    """Angles from straight down, in turn left and right."""
    return [(1 if place % 2 else -1) * (start + step * (place // 2)) for place in range(count)]


def _finger(build: Build, angle: float, angles: tuple[float, ...]) -> Limb:
    middle = sum(angles) / len(angles)
    length = build.length * (1 - build.arch * abs(angle - middle) / 60)
    turn = radians(angle)
    tip = (0.5 + length * sin(turn), 0.5 - length * cos(turn))
    return Limb((_ROOT, tip), (build.thickness, build.thickness))


def _limb(start: Point, turn: float, length: float, build: Build) -> Limb:
    joints = [start]
    for bend in (0.0, build.bend if turn > 0 else -build.bend):
        x, y = joints[-1]
        way = radians(turn + bend)
        joints.append((x + length / 2 * sin(way), y + length / 2 * cos(way)))
    return Limb(tuple(joints), (build.thickness,) * len(joints))


def _cut_off(limb: Limb) -> Limb:
    """Move the outer part away, so that nothing holds it."""
    (x0, y0), (x1, y1) = limb.joints[0], limb.joints[-1]
    near = (x0 + 0.85 * (x1 - x0), y0 + 0.85 * (y1 - y0))
    far = (x0 + 1.15 * (x1 - x0), y0 + 1.15 * (y1 - y0))
    return Limb((near, far), (limb.widths[-1],) * 2)


def _placed(body: Body, build: Build) -> Body:
    """Turn and scale about the picture's middle."""
    cosine, sine = cos(radians(build.turn)), sin(radians(build.turn))

    def move(point: Point) -> Point:
        x, y = ((value - 0.5) * build.size for value in point)
        return 0.5 + cosine * x - sine * y, 0.5 + sine * x + cosine * y

    def placed(limbs: tuple[Limb, ...]) -> tuple[Limb, ...]:
        return tuple(
            Limb(tuple(map(move, limb.joints)), tuple(build.size * width for width in limb.widths))
            for limb in limbs
        )

    return body.with_parts(
        {name: placed(getattr(body, name)) for name in ("core", "fingers", "arms", "legs")}
    )


def segments(limb: Limb) -> list[tuple[Point, Point, float, float]]:
    """Return the pieces between joints: both ends and the width at each."""
    ends = zip(limb.joints, limb.widths, strict=True)
    return [(a, b, wide, narrow) for (a, wide), (b, narrow) in pairwise(ends)]

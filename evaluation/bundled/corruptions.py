"""Pairs of bodies: whole, and the same with one thing wrong; and what each of the two truly shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from evaluation.bundled.bodies import (
    Body,
    Build,
    finger_angles,
    make_hand,
    make_person,
    spoil,
)
from evaluation.bundled.draw_bodies import Style, move_patch, paint_body, wear

# Faults that a right number of parts cannot excuse.
FLAWS: Final = frozenset({"fused", "detached", "patched"})
PARTS: Final = ("fingers", "arms", "legs")


@dataclass(frozen=True)
class DrawnBody:
    """A picture of one body, how many parts it shows (None: not told), and whether it is flawed (None: not told)."""

    image: Image.Image
    kind: str
    fingers: int | None = None
    arms: int | None = None
    legs: int | None = None
    is_flawed: bool | None = False


def draw_pair(
    kind: str, fault: str, style: str, *, rng: np.random.Generator, counts: tuple[int, int] | None = None
) -> tuple[DrawnBody, DrawnBody]:
    """Return a whole body and its spoilt twin: the same build, colours and place.

    ``counts`` are fingers (or arms) and legs of the whole one; without it they are drawn.
    """
    build, painted = Build.draw(kind, rng), Style.draw(style, rng)
    first, second = counts or _counts(kind, rng, least=2 if fault == "fused" else 1)
    whole = _body(kind, first, second, build)
    twin, told = _spoilt(kind, (first, second), fault, build=build, rng=rng)
    image = paint_body(twin, painted, rng=rng)
    if fault == "patched":
        image = move_patch(image, ground=painted.ground, rng=rng)
    return (
        _drawn(wear(paint_body(whole, painted, rng=rng), rng=rng), kind, (first, second), is_flawed=False),
        _drawn(wear(image, rng=rng), kind, told, is_flawed=_flawed(fault)),
    )


def _counts(kind: str, rng: np.random.Generator, *, least: int) -> tuple[int, int]:
    """Usual numbers most of the time, others sometimes, so that a number alone is no fault."""
    if kind == "hand":
        return (5 if rng.random() < 0.4 else int(rng.integers(least, 7))), 0
    if rng.random() < 0.7:
        return 2, 2
    return int(rng.integers(least, 4)), int(rng.integers(least, 4))


def _body(kind: str, first: int, second: int, build: Build) -> Body:
    if kind == "hand":
        return make_hand(build, angles=finger_angles(first, build))
    return make_person(build, arms=first, legs=second)


def _spoilt(
    kind: str, counts: tuple[int, int], fault: str, *, build: Build, rng: np.random.Generator
) -> tuple[Body, tuple[int | None, int | None]]:
    """Return the twin, and the numbers of its parts where they can be told."""
    first, second = counts
    if fault in ("missing", "extra"):
        step = 1 if fault == "extra" else -1
        if kind == "hand" or rng.integers(2):
            first = max(0, first + step)
        else:
            second = max(0, second + step)
        return _body(kind, first, second, build), (first, second)
    whole = _body(kind, first, second, build)
    if fault == "patched":
        return whole, (None, None)
    return spoil(whole, fault, rng=rng), (None, None)


def _flawed(fault: str) -> bool | None:
    """An erased part leaves a gap that another number of parts might explain: not told."""
    return None if fault == "erased" else fault in FLAWS


def _drawn(
    image: Image.Image, kind: str, counts: tuple[int | None, int | None], *, is_flawed: bool | None
) -> DrawnBody:
    first, second = counts
    if kind == "hand":
        return DrawnBody(image, kind, fingers=first, is_flawed=is_flawed)
    return DrawnBody(image, kind, arms=first, legs=second, is_flawed=is_flawed)

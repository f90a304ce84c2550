"""Drawn hands and stick people: where they are, and how many fingers, arms and legs each one has.

A figure's thickest spot is a palm or a head. Fingers and limbs are the free ends of its skeleton
that reach far enough from there. A person's head sits at the top of a long thin body; a palm does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from evaluation.readers.pictures import Ground, Mask, components, relative_box, rgb_pixels, split_ground
from evaluation.readers.skeleton import Points, free_ends, thin
from evaluation.suites.spec import PromptSpec

_SIDE: Final = 192
_LEAST_SHARE: Final = 0.006
# In units of the radius of the thickest spot, measured on figures of many sizes.
_FINGER_REACH: Final = 1.9
_HEAD_REACH: Final = 1.25
_HIP_REACH: Final = 4.4
_SMOOTHING: Final = 3
_TIP_APART: Final = 0.6
_HEAD_SHARE: Final = 0.78
_HEAD_OF_HEIGHT: Final = 0.19
_CENTRE_OF_HEIGHT: Final = 0.3


@dataclass(frozen=True)
class _Spot:
    """The centre (row, column) and radius of the largest disc inside a part, in pixels."""

    row: float
    column: float
    radius: float


@dataclass(frozen=True)
class FoundFigure:
    """A hand or person as it is stated, and the pixels that belong to it."""

    stated: dict[str, Any]
    mask: Mask


def read_figures(image: Image.Image, _spec: PromptSpec | None = None, /) -> dict[str, Any]:
    """State every hand and person with its box and counts; marks are in fractions of the picture."""
    ground, found = find_figures(image)
    return {"background": ground.background, "figures": [figure.stated for figure in found]}


def find_figures(image: Image.Image) -> tuple[Ground, list[FoundFigure]]:
    """Return the picture's ground and every hand and person on it, from left to right."""
    ground = split_ground(rgb_pixels(image, side=_SIDE))
    parts = components(_smooth(ground.foreground), least_share=_LEAST_SHARE)
    return ground, [figure for mask in parts for figure in _read_part(mask)]


def _smooth(mask: Mask) -> Mask:
    """Take frayed edges off, which would grow ends of their own."""
    return np.asarray(cv2.medianBlur(mask, _SMOOTHING), dtype=np.uint8)


def _read_part(mask: Mask) -> list[FoundFigure]:
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
    spot = _thickest(depth)
    _, top, _, height = cv2.boundingRect(mask)
    is_person = (spot.row - top) / height < _CENTRE_OF_HEIGHT and spot.radius / height < _HEAD_OF_HEIGHT
    if not is_person:
        return [FoundFigure(_hand(mask, spot), mask)]
    heads = _heads(depth, spot)
    people = zip(_apart(mask, heads), heads, strict=True)
    return [FoundFigure(_person(part, head), part) for part, head in people]


def _thickest(depth: npt.NDArray[Any]) -> _Spot:
    row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    return _Spot(float(row), float(column), float(depth[row, column]))


def _heads(depth: npt.NDArray[Any], spot: _Spot) -> list[_Spot]:
    """Return every disc nearly as thick as the thickest: people who touch are one part with several heads."""
    cores = components((depth > _HEAD_SHARE * spot.radius).astype(np.uint8), least_share=0.0)
    return sorted((_thickest(np.where(core > 0, depth, 0)) for core in cores), key=lambda head: head.column)


def _apart(mask: Mask, heads: list[_Spot]) -> list[Mask]:
    """Cut people who touch midway between their heads, and keep of each cut what the head belongs to."""
    columns = [head.column for head in heads]
    cuts = [0, *(round((a + b) / 2) for a, b in pairwise(columns)), mask.shape[1]]
    parts = []
    for head, (left, right) in zip(heads, pairwise(cuts), strict=True):
        part = np.zeros_like(mask)
        part[:, left:right] = mask[:, left:right]
        labels = cv2.connectedComponents(part, connectivity=8)[1]
        parts.append((labels == labels[int(head.row), int(head.column)]).astype(np.uint8))
    return parts


def _hand(mask: Mask, palm: _Spot) -> dict[str, Any]:
    tips = _ends_beyond(mask, palm, reach=_FINGER_REACH)
    return {
        "kind": "hand",
        "fingers": len(tips),
        "box": relative_box(mask),
        "marks": _marks(tips, mask),
    }


def _person(mask: Mask, head: _Spot) -> dict[str, Any]:
    """Limbs that end above the hip are arms, the others legs."""
    limbs = _ends_beyond(mask, head, reach=_HEAD_REACH)
    is_arm = limbs[:, 0] < head.row + _HIP_REACH * head.radius
    return {
        "kind": "person",
        "arms": int(is_arm.sum()),
        "legs": int((~is_arm).sum()),
        "box": relative_box(mask),
        "marks": _marks(limbs, mask),
    }


def _ends_beyond(mask: Mask, spot: _Spot, *, reach: float) -> Points:
    """Free ends of the skeleton farther from the spot than ``reach`` times its radius; forks at a tip are one."""
    x, y, width, height = cv2.boundingRect(mask)
    ends = free_ends(thin(mask[y : y + height, x : x + width])) + np.array([y, x])
    ends = ends[np.hypot(ends[:, 0] - spot.row, ends[:, 1] - spot.column) > reach * spot.radius]
    kept: list[int] = []
    for index, end in enumerate(ends):
        if all(np.hypot(*(end - ends[other])) > _TIP_APART * spot.radius for other in kept):
            kept.append(index)
    return np.asarray(ends[kept], dtype=np.intp)


def _marks(points: Points, mask: Mask) -> list[list[float]]:
    """Return [x, y] of points as fractions of the picture."""
    rows, columns = mask.shape
    return [[round(float(x) / columns, 4), round(float(y) / rows, 4)] for y, x in points]

"""Coloured shapes by geometry: parts of the foreground, their Lab colour, and the outline they fit best."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from evaluation.readers.pictures import (
    FOREGROUND_DISTANCE,
    Ground,
    Mask,
    colour_indices,
    colour_name,
    components,
    relative_box,
    rgb_pixels,
    split_ground,
)
from evaluation.suites.spec import PromptSpec

_LEAST_SHARE: Final = 0.003
_LEAST_COLOUR_SHARE: Final = 0.2
_LEAST_COLOUR_DISTANCE: Final = 30.0
_SIDE: Final = 64
# A thing may be drawn somewhat too wide or too high and still be what it is.
_ASPECT_POWER: Final = 0.5


@dataclass(frozen=True)
class _Template:
    """An outline stretched to a square frame, and its natural width over height."""

    frame: Mask
    aspect: float


def _polygon(points: list[tuple[float, float]]) -> _Template:
    """Fill an outline given in any units."""
    array = np.array(points, dtype=np.float64)
    array -= array.min(axis=0)
    extent = array.max(axis=0)
    canvas = np.zeros((_SIDE, _SIDE), dtype=np.uint8)
    cv2.fillPoly(canvas, [np.round(array / extent * (_SIDE - 1)).astype(np.int32)], (1,))
    return _Template(canvas, float(extent[0] / extent[1]))


def _ring(corners: int, *, inner: float = 1.0) -> list[tuple[float, float]]:
    turns = np.pi * (2 * np.arange(corners) / corners - 0.5)
    reach = np.where(np.arange(corners) % 2, inner, 1.0)
    return [(float(r * np.cos(t)), float(r * np.sin(t))) for r, t in zip(reach, turns, strict=True)]


def _heart() -> list[tuple[float, float]]:
    t = np.linspace(0, 2 * np.pi, 80)
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return list(zip((16 * np.sin(t) ** 3).tolist(), y.tolist(), strict=True))


_TEMPLATES: Final[dict[str, _Template]] = {
    "circle": _polygon(_ring(64)),
    "square": _polygon([(0, 0), (1, 0), (1, 1), (0, 1)]),
    "triangle": _polygon([(0, -0.9), (1, 0.85), (-1, 0.85)]),
    "star": _polygon(_ring(10, inner=0.42)),
    "heart": _polygon(_heart()),
    "diamond": _polygon([(0, -1), (0.75, 0), (0, 1), (-0.75, 0)]),
}


def read_shapes(image: Image.Image, _spec: PromptSpec | None = None, /) -> dict[str, Any]:
    """State the background and every shape with colour, fit, place and size (fractions of the picture)."""
    ground = split_ground(rgb_pixels(image))
    parts = [
        part
        for mask in components(ground.foreground, least_share=_LEAST_SHARE)
        if not _spans_picture(mask)
        for part in _by_colour(_crisp(mask, ground), ground)
    ]
    return {"background": ground.background, "shapes": [_describe(part, ground) for part in parts]}


def _spans_picture(mask: Mask) -> bool:
    """Whether a part reaches all four edges: then it is a texture or a frame, and no thing in the picture."""
    return bool(mask[0].any() and mask[-1].any() and mask[:, 0].any() and mask[:, -1].any())


def _crisp(mask: Mask, ground: Ground) -> Mask:
    """Put a part's edge where the colour is half way from the background's: soft rims would round corners."""
    inside = ground.distance[mask.astype(bool)]
    half = max(FOREGROUND_DISTANCE, float(np.median(inside)) / 2)
    return np.asarray(mask * (ground.distance > half), dtype=np.uint8)


def _by_colour(mask: Mask, ground: Ground) -> list[Mask]:
    """Split a part in which two clearly different colours meet; rims and shades are no colour of their own."""
    core = cv2.erode(mask, np.ones((5, 5), np.uint8)).astype(bool)
    if core.sum() < mask.sum() * 0.2:
        return [mask]
    colours = ground.lab[core]
    indices = colour_indices(colours)
    names, counts = np.unique(indices, return_counts=True)
    large = names[counts >= _LEAST_COLOUR_SHARE * len(indices)]
    medians = np.array([np.median(colours[indices == name], axis=0) for name in large])
    if len(large) < 2 or _least_distance(medians) < _LEAST_COLOUR_DISTANCE:
        return [mask]
    parts: list[Mask] = []
    for name in large:
        layer = np.zeros_like(mask)
        layer[core] = indices == name
        layer = cv2.morphologyEx(layer, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8)
        parts += components(layer, least_share=_LEAST_SHARE)
    return parts


def _least_distance(colours: npt.NDArray[Any]) -> float:
    return min(float(np.linalg.norm(a - b)) for a, b in combinations(colours, 2))


def _describe(mask: Mask, ground: Ground) -> dict[str, Any]:
    core = cv2.erode(mask, np.ones((5, 5), np.uint8))
    inside = (core if core.any() else mask).astype(bool)
    lab = np.median(ground.lab[inside], axis=0).astype(np.float32)
    fits = _fits(mask)
    shape = max(fits, key=lambda name: fits[name])
    return {
        "shape": shape,
        "fit": round(fits[shape], 3),
        "colour": colour_name(lab),
        "area": round(float(mask.sum()) / mask.size, 4),
        "box": relative_box(mask),
    }


def _fits(mask: Mask) -> dict[str, float]:
    """Overlap of the part with each outline, both stretched to the same frame, less for another aspect."""
    x, y, width, height = cv2.boundingRect(mask)
    crop = mask[y : y + height, x : x + width].astype(np.float32)
    frame = cv2.resize(crop, (_SIDE, _SIDE), interpolation=cv2.INTER_LINEAR) > 0.5
    fits = {}
    for name, template in _TEMPLATES.items():
        ratio = width / height / template.aspect
        fits[name] = _overlap(frame, template.frame.astype(bool)) * min(ratio, 1 / ratio) ** _ASPECT_POWER
    return fits


def _overlap(
    first: np.ndarray[Any, np.dtype[np.bool_]], second: np.ndarray[Any, np.dtype[np.bool_]]
) -> float:
    union = np.logical_or(first, second).sum()
    return float(np.logical_and(first, second).sum() / union) if union else 0.0

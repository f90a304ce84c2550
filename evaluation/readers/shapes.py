"""Coloured shapes by geometry: parts of the foreground, their Lab colour, and the outline they fit best."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from PIL import Image

from evaluation.readers.pictures import (
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
_SIDE: Final = 64


def _polygon(points: list[tuple[float, float]]) -> Mask:
    """Fill an outline given in any units, scaled to touch the frame; the aspect stays."""
    array = np.array(points, dtype=np.float64)
    array -= array.min(axis=0)
    array *= (_SIDE - 1) / array.max()
    array += (_SIDE - 1 - array.max(axis=0)) / 2
    canvas = np.zeros((_SIDE, _SIDE), dtype=np.uint8)
    cv2.fillPoly(canvas, [np.round(array).astype(np.int32)], (1,))
    return canvas


def _ring(corners: int, *, inner: float = 1.0) -> list[tuple[float, float]]:
    turns = np.pi * (2 * np.arange(corners) / corners - 0.5)
    reach = np.where(np.arange(corners) % 2, inner, 1.0)
    return [(float(r * np.cos(t)), float(r * np.sin(t))) for r, t in zip(reach, turns, strict=True)]


def _heart() -> list[tuple[float, float]]:
    t = np.linspace(0, 2 * np.pi, 80)
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return list(zip((16 * np.sin(t) ** 3).tolist(), y.tolist(), strict=True))


_TEMPLATES: Final[dict[str, Mask]] = {
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
        for part in _by_colour(mask, ground)
    ]
    return {"background": ground.background, "shapes": [_describe(part, ground) for part in parts]}


def _spans_picture(mask: Mask) -> bool:
    """Whether a part reaches all four edges: then it is a texture or a frame, and no thing in the picture."""
    return bool(mask[0].any() and mask[-1].any() and mask[:, 0].any() and mask[:, -1].any())


def _by_colour(mask: Mask, ground: Ground) -> list[Mask]:
    """Split a part in which two colours meet; rims and soft edges do not count as a colour."""
    core = cv2.erode(mask, np.ones((5, 5), np.uint8)).astype(bool)
    if core.sum() < mask.sum() * 0.2:
        return [mask]
    indices = colour_indices(ground.lab[core])
    names, counts = np.unique(indices, return_counts=True)
    large = names[counts >= _LEAST_COLOUR_SHARE * len(indices)]
    if len(large) < 2:
        return [mask]
    parts: list[Mask] = []
    for name in large:
        layer = np.zeros_like(mask)
        layer[core] = indices == name
        layer = cv2.morphologyEx(layer, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8)
        parts += components(layer, least_share=_LEAST_SHARE)
    return parts


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
    """Overlap (intersection over union) of the part with each outline, both scaled to the same frame."""
    x, y, width, height = cv2.boundingRect(mask)
    crop = mask[y : y + height, x : x + width].astype(np.float32)
    scale = _SIDE / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA) > 0.5
    frame = np.zeros((_SIDE, _SIDE), dtype=bool)
    top, left = (_SIDE - size[1]) // 2, (_SIDE - size[0]) // 2
    frame[top : top + size[1], left : left + size[0]] = small
    return {name: _overlap(frame, template.astype(bool)) for name, template in _TEMPLATES.items()}


def _overlap(
    first: np.ndarray[Any, np.dtype[np.bool_]], second: np.ndarray[Any, np.dtype[np.bool_]]
) -> float:
    union = np.logical_or(first, second).sum()
    return float(np.logical_and(first, second).sum() / union) if union else 0.0

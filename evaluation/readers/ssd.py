"""Single-shot detectors as MediaPipe exports them: anchors, decoding, and which boxes are one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
_ANCHORS_PER_LAYER: Final = 2


@dataclass(frozen=True)
class Detection:
    """A box (x0, y0, x1, y1) with its key points (n, 2), as fractions of the square input, and its score."""

    score: float
    box: tuple[float, float, float, float]
    points: Floats


def anchor_centres(side: int, strides: Sequence[int]) -> Floats:
    """Return the centres (n, 2) of all anchors; layers of one stride share a grid.

    >>> anchor_centres(192, (8, 16, 16, 16)).shape, anchor_centres(224, (8, 16, 32, 32, 32)).shape
    ((2016, 2), (2254, 2))
    """
    centres = []
    for stride, layers in groupby(strides):
        cells = side // stride
        axis = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
        centres.append(np.repeat(grid, _ANCHORS_PER_LAYER * len(list(layers)), axis=0))
    return np.concatenate(centres).astype(np.float32)


def decode(raw: Floats, logits: Floats, *, anchors: Floats, side: int, least_score: float) -> list[Detection]:
    """Return the detections above ``least_score``, the surest first, each thing once.

    ``raw`` is (n, 4 + 2k): centre and size of the box, then k key points, in pixels relative to the anchor.
    """
    scores = expit(logits.reshape(-1).astype(np.float64))
    found = [
        _detection(raw[place], anchors[place], score=float(scores[place]), side=side)
        for place in np.argsort(-scores)
        if scores[place] >= least_score
    ]
    return _each_once(found)


def _detection(raw: Floats, anchor: Floats, *, score: float, side: int) -> Detection:
    values = raw.reshape(-1, 2) / side
    (x, y), (width, height) = values[0] + anchor, values[1]
    box = (float(x - width / 2), float(y - height / 2), float(x + width / 2), float(y + height / 2))
    return Detection(score, box, values[2:] + anchor)


def _each_once(found: Sequence[Detection], *, most_overlap: float = 0.3) -> list[Detection]:
    kept: list[Detection] = []
    for one in found:
        if all(overlap(one.box, other.box) <= most_overlap for other in kept):
            kept.append(one)
    return kept


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the intersection over union of two boxes.

    >>> overlap((0, 0, 2, 2), (1, 0, 3, 2))
    0.3333333333333333
    """
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared: Any = max(0.0, width) * max(0.0, height)
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return float(shared / (areas - shared)) if shared else 0.0

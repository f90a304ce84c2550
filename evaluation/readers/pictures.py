"""A picture as the readers want it: large enough, and split into background and foreground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from evaluation.bundled.vocabulary import COLOURS

Pixels: TypeAlias = npt.NDArray[np.uint8]
Mask: TypeAlias = npt.NDArray[np.uint8]
Floats: TypeAlias = npt.NDArray[np.float32]

READING_SIDE: Final = 256
# A difference in Lab that nobody overlooks; noise of a small decoder stays below it.
FOREGROUND_DISTANCE: Final = 20.0


def rgb_pixels(image: Image.Image, *, side: int = READING_SIDE) -> Pixels:
    """Return the picture as RGB, its shorter side scaled up to at least ``side`` pixels."""
    pixels = np.asarray(image.convert("RGB"), dtype=np.uint8)
    scale = side / min(pixels.shape[:2])
    if scale <= 1.0:
        return pixels
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def to_lab(pixels: Pixels) -> Floats:
    """Return CIE Lab (D65) of RGB pixels: L from 0 to 100, a and b about -128 to 127."""
    scaled = pixels.astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB), dtype=np.float32)


_PALETTE: Final = to_lab(np.array([list(COLOURS.values())], dtype=np.uint8))[0]
_NAMES: Final = tuple(COLOURS)


def colour_name(lab: Floats) -> str:
    """Return the palette's name for one Lab colour."""
    return _NAMES[int(np.argmin(np.linalg.norm(_PALETTE - lab, axis=1)))]


def colour_indices(lab: Floats) -> npt.NDArray[np.intp]:
    """Return the palette index of every Lab colour in an (n, 3) array."""
    distances = np.linalg.norm(lab[:, None, :] - _PALETTE[None, :, :], axis=2)
    return np.asarray(np.argmin(distances, axis=1), dtype=np.intp)


@dataclass(frozen=True)
class Ground:
    """The picture in Lab, what stands out from its border, and the border's colour."""

    lab: Floats
    foreground: Mask
    background: str


def split_ground(pixels: Pixels) -> Ground:
    """Take the border's median colour as background; the foreground is what differs from it."""
    lab = to_lab(pixels)
    band = max(2, min(lab.shape[:2]) // 32)
    border = np.concatenate(
        [
            lab[:band].reshape(-1, 3),
            lab[-band:].reshape(-1, 3),
            lab[:, :band].reshape(-1, 3),
            lab[:, -band:].reshape(-1, 3),
        ]
    )
    background = np.median(border, axis=0).astype(np.float32)
    distance = np.linalg.norm(lab - background, axis=2)
    mask = (distance > FOREGROUND_DISTANCE).astype(np.uint8)
    return Ground(lab, mask, colour_name(background))


def components(mask: Mask, *, least_share: float) -> list[Mask]:
    """Return the connected parts of a mask that cover at least ``least_share`` of it, left to right."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    least = least_share * mask.size
    wanted = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= least]
    wanted.sort(key=lambda i: (int(stats[i, cv2.CC_STAT_LEFT]), int(stats[i, cv2.CC_STAT_TOP])))
    return [(labels == i).astype(np.uint8) for i in wanted]


def relative_box(mask: Mask) -> list[float]:
    """Return [x0, y0, x1, y1] of a mask as fractions of the picture."""
    x, y, width, height = cv2.boundingRect(mask)
    rows, columns = mask.shape
    return [round(v, 4) for v in (x / columns, y / rows, (x + width) / columns, (y + height) / rows)]

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
# People name colours by hue first: lightness and strength count half, as in the CMC(2:1) difference.
_LIGHTNESS_WEIGHT: Final = 0.5
_CHROMA_WEIGHT: Final = 0.5
# From this chroma on nobody says black, gray or white.
_LEAST_COLOURFUL: Final = 15.0
_PALETTE_CHROMA: Final = np.hypot(_PALETTE[:, 1], _PALETTE[:, 2])


def colour_name(lab: Floats) -> str:
    """Return the palette's name for one Lab colour."""
    return palette_name(int(colour_indices(lab[None, :])[0]))


def palette_name(index: int) -> str:
    """Return the name of a palette index."""
    return _NAMES[index]


def colour_indices(lab: Floats) -> npt.NDArray[np.intp]:
    """Return the palette index of every Lab colour in an (n, 3) array."""
    difference = lab[:, None, :] - _PALETTE[None, :, :]
    chroma = np.hypot(lab[:, 1], lab[:, 2])[:, None]
    by_chroma = chroma - _PALETTE_CHROMA[None, :]
    by_hue = np.maximum(difference[..., 1] ** 2 + difference[..., 2] ** 2 - by_chroma**2, 0.0)
    distances = (_LIGHTNESS_WEIGHT * difference[..., 0]) ** 2 + (_CHROMA_WEIGHT * by_chroma) ** 2 + by_hue
    is_barred = (chroma >= _LEAST_COLOURFUL) & (_PALETTE_CHROMA < _LEAST_COLOURFUL)[None, :]
    return np.asarray(np.argmin(np.where(is_barred, np.inf, distances), axis=1), dtype=np.intp)


@dataclass(frozen=True)
class Ground:
    """The picture in Lab, how far it is from its border's colour, what stands out, and that colour's name."""

    lab: Floats
    distance: Floats
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
    distance = np.linalg.norm(lab - background, axis=2).astype(np.float32)
    mask = (distance > FOREGROUND_DISTANCE).astype(np.uint8)
    return Ground(lab, distance, mask, colour_name(background))


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

"""What can be told about a picture without knowing what was asked for."""

from __future__ import annotations

import numpy as np
from PIL import Image

_FLAT = 3.0
_DARK = 8.0


def picture_flags(image: Image.Image, *, size: tuple[int, int]) -> list[str]:
    """Return "constant", "black" and "wrong-size" where they apply.

    >>> picture_flags(Image.new("RGB", (8, 8)), size=(8, 8))
    ['constant', 'black']
    """
    pixels = np.asarray(image.convert("L"), dtype=np.float64)
    flags = []
    if float(pixels.std()) < _FLAT:
        flags.append("constant")
    if float(pixels.max()) < _DARK:
        flags.append("black")
    if image.size != size:
        flags.append("wrong-size")
    return flags

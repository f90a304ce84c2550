"""What can be told about one picture without knowing what was asked for."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageStat

from evaluation.flags import Flag

# Of the channel that varies most: red on green of the same brightness is not empty, and neither is a
# word on a thousandth of the picture.
_FLAT: Final = 2.0
_DARK: Final = 8.0


def picture_flags(image: Image.Image, *, size: tuple[int, int]) -> list[Flag]:
    """Return flags for a picture that is empty, black, or not of the size that was asked for.

    >>> [flag.name for flag in picture_flags(Image.new("RGB", (8, 8)), size=(8, 8))]
    ['constant', 'black']
    """
    statistic = ImageStat.Stat(image.convert("RGB"))
    flags = []
    spread, brightest = max(statistic.stddev), max(high for _, high in statistic.extrema)
    if spread < _FLAT:
        flags.append(
            Flag("constant", f"No colour varies by more than {spread:.1f} of 255; {_FLAT:g} is the least.")
        )
    if brightest < _DARK:
        flags.append(Flag("black", f"Its brightest value is {brightest:.0f} of 255, less than {_DARK:g}."))
    if image.size != size:
        (width, height), (wanted_width, wanted_height) = image.size, size
        words = f"It is {width} × {height} pixels, not {wanted_width} × {wanted_height}."
        flags.append(Flag("wrong-size", words))
    return flags

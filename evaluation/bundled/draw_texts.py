"""Sign lettering in the real font that Pillow carries (Aileron), at an even pitch."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from evaluation.bundled.layout import Region
from evaluation.bundled.specs import Text
from evaluation.bundled.vocabulary import COLOURS

_MARGIN: Final = 0.03
_WIDEST_PITCH: Final = 0.27
_EM_PER_PITCH: Final = 1.22


@lru_cache(maxsize=64)
def _font(pixels: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(pixels)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font


def draw_text(image: Image.Image, text: Text, *, row: tuple[int, int], rng: np.random.Generator) -> Region:
    """Paint one line, the `row[0]`th of `row[1]`; returns the word's region.

    Letters stand at an even pitch: long words get small letters, short ones big letters. Words hardly move
    about: a denoiser this small learns what a word looks like only where it always stands.
    """
    side, pen = image.width, ImageDraw.Draw(image)
    index, lines = row
    pitch = min(_WIDEST_PITCH, (1 - 2 * _MARGIN) / len(text.text), 0.8 / lines)
    em = pitch * _EM_PER_PITCH
    slack = max(0.0, 1 - 2 * _MARGIN - pitch * len(text.text))
    x = 0.5 + float(rng.uniform(-0.04, 0.04)) * slack
    y = (index + 0.5) / lines + float(rng.uniform(-0.03, 0.03)) / lines
    half = pitch * len(text.text) / 2
    region = (x - half, y - 0.42 * em, x + half, y + 0.42 * em)
    if text.board:
        _board(pen, region, text=text, side=side)
    font = _font(max(4, round(em * side)))
    for place, letter in enumerate(text.text):
        centre = (x - half + pitch * (place + 0.5)) * side
        middle = (y + 0.355 * em) * side  # half the height of a capital below the line's middle
        pen.text(
            (centre, middle),
            letter,
            font=font,
            fill=COLOURS[text.colour],
            anchor="ms",
            stroke_width=em * side * 0.028,
        )
    return region


def _board(pen: ImageDraw.ImageDraw, region: Region, *, text: Text, side: int) -> None:
    x0, y0, x1, y1 = region
    edge = 0.05
    corners = (max(0.01, x0 - 0.03), y0 - edge, min(0.99, x1 + 0.03), y1 + edge)
    fill = COLOURS[text.board or "white"]
    pen.rounded_rectangle(tuple(value * side for value in corners), radius=0.04 * side, fill=fill)

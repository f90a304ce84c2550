"""Rendered posters with known text: lines in real fonts, tilted, softened and compressed, with distractors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from random import Random
from typing import Final

import font_hanken_grotesk
import font_source_serif_pro
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIDE: Final = 512
_FONTS: Final = (
    font_hanken_grotesk.HankenGroteskSemiBold,
    font_hanken_grotesk.HankenGroteskItalic,
    font_source_serif_pro.SourceSerifProSemibold,
)
_PAPERS: Final = ("white", "#f4ecd8", "#dfeaf2", "#fbe9e7")
_INKS: Final = ("#111111", "#7a1010", "#123a7a", "#14532d", "#4a148c")
_DECORATIONS: Final = ("#c62828", "#1565c0", "#f9a825", "#2e7d32")
_WIDEST: Final = 0.84
_LARGEST_LETTERS: Final = 64
_MARGINS: Final = (0.055, 0.945)


def poster(lines: Sequence[str], *, rng: Random, is_decorated: bool = False) -> Image.Image:
    """Paint each line on a row of its own; decorated posters carry discs and rules above and below."""
    image = Image.new("RGB", (SIDE, SIDE), rng.choice(_PAPERS))
    pen = ImageDraw.Draw(image)
    if is_decorated:
        _decorate(pen, rng)
    ink, face = rng.choice(_INKS), rng.choice(_FONTS)
    row = SIDE * 0.72 / max(1, len(lines))
    for number, line in enumerate(lines):
        size = min(row * 0.6, rng.uniform(0.6, 1.0) * _LARGEST_LETTERS)
        place = (SIDE * rng.uniform(0.47, 0.53), SIDE * 0.14 + (number + 0.5) * row)
        pen.text(place, line, fill=ink, font=_fitting(line, face=face, size=size), anchor="mm")
    return _worn(image, rng)


def _fitting(line: str, *, face: str, size: float) -> ImageFont.FreeTypeFont:
    """Return the font in this size, or smaller where the line would not fit."""
    width = _font(face, round(size)).getlength(line)
    return _font(face, round(size * min(1.0, _WIDEST * SIDE / max(width, 1.0))))


@lru_cache(maxsize=128)
def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face, size)


def _decorate(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    """Discs and a rule in both margins: none of them is a letter."""
    for share in _MARGINS:
        y, rule = SIDE * share, SIDE * (share + (0.05 if share < 0.5 else -0.05))
        pen.line((0, rule, SIDE, rule), fill="#555555", width=2)
        for _ in range(3):
            x, radius = rng.uniform(0.08, 0.92) * SIDE, rng.uniform(8, 18)
            box = (x - radius, y - radius, x + radius, y + radius)
            pen.ellipse(box, fill=rng.choice(_DECORATIONS))


def _worn(image: Image.Image, rng: Random) -> Image.Image:
    """Tilt a little, soften a little, and compress once."""
    paper = image.getpixel((0, 0))
    image = image.rotate(rng.uniform(-3, 3), Image.Resampling.BICUBIC, fillcolor=paper)
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.0)))
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=rng.randrange(70, 95))
    return Image.open(buffer).convert("RGB")

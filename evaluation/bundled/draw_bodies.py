"""Bodies as pictures in several styles, and what wear does to them: blur, noise, few pixels, moved patches."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from evaluation.bundled.bodies import Body, Limb, segments
from evaluation.bundled.layout import Point
from evaluation.bundled.vocabulary import COLOURS, SKIN_TONES, Colour

SIDE: Final = 128
_SUPERSAMPLING: Final = 2
TRAINED_STYLES: Final = ("flat", "outlined", "inked")
UNTRAINED_STYLES: Final = ("blocks", "claws")
"""Never shown in training: square ends under a light from one side, and pointed ends on speckled paper."""


@dataclass(frozen=True)
class Style:
    """How a body is painted."""

    name: str
    fill: Colour
    ground: Colour
    ink: Colour | None = None

    @classmethod
    def draw(cls, name: str, rng: np.random.Generator) -> Style:
        """Draw colours that differ enough to be seen."""
        tones = [*SKIN_TONES, *(COLOURS[name] for name in ("black", "brown", "gray") if name in COLOURS)]
        while True:
            fill = tones[int(rng.integers(len(tones)))]
            ground = list(COLOURS.values())[int(rng.integers(len(COLOURS)))]
            if name == "inked":
                fill, ground = COLOURS["black"], COLOURS["white"]
            if sum(abs(a - b) for a, b in zip(fill, ground, strict=True)) > 200:
                break
        has_ink = name in ("outlined", "claws")
        return cls(name, fill, ground, ink=(30, 24, 20) if has_ink else None)


def paint_body(body: Body, style: Style, *, rng: np.random.Generator) -> Image.Image:
    """Return a square RGB picture of ``SIDE`` pixels."""
    side = SIDE * _SUPERSAMPLING
    image = Image.new("RGB", (side, side), style.ground)
    if style.name == "claws":
        image = _speckled(image, rng)
    if style.ink:
        image.paste(style.ink, mask=_silhouette(body, style, side=side, wider=0.022))
    mask = _silhouette(body, style, side=side, wider=0.0)
    fill = Image.new("RGB", (side, side), style.fill)
    image.paste(_lit(fill) if style.name == "blocks" else fill, mask=mask)
    return image.resize((SIDE, SIDE), Image.Resampling.BOX)


def move_patch(image: Image.Image, *, ground: Colour, rng: np.random.Generator) -> Image.Image:
    """Copy a piece of the body to another place of it, as a careless hand with scissors would."""
    pixels = np.asarray(image).copy()
    is_body = np.abs(pixels.astype(int) - np.array(ground)).sum(axis=2) > 60
    rows, columns = np.nonzero(is_body)
    box = max(int(np.ptp(rows)), int(np.ptp(columns)))
    for _ in range(200):
        size = int(box * rng.uniform(0.2, 0.34))
        source, target = (int(i) for i in rng.integers(len(rows), size=2))
        spots = [_inside(rows[place], columns[place], size) for place in (source, target)]
        (y0, x0), (y1, x1) = spots
        cut = pixels[y0 : y0 + size, x0 : x0 + size].copy()
        under = pixels[y1 : y1 + size, x1 : x1 + size]
        changed = np.abs(cut.astype(int) - under).sum(axis=2) > 60
        # What nobody would see is no fault.
        if changed.sum() > 0.45 * size * size:
            pixels[y1 : y1 + size, x1 : x1 + size] = cut
            break
    return Image.fromarray(pixels)


def wear(image: Image.Image, *, rng: np.random.Generator) -> Image.Image:
    """Blur, shrink and add noise, each by an amount at random."""
    worn = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.0, 1.1))))
    side = int(rng.integers(48, SIDE + 1))
    pixels = np.asarray(worn.resize((side, side), Image.Resampling.BICUBIC), dtype=np.float32)
    noisy = pixels + rng.normal(0.0, rng.uniform(0.0, 7.0), size=pixels.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def _silhouette(body: Body, style: Style, *, side: int, wider: float) -> Image.Image:
    mask = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(mask)
    for limb in body.core:
        _draw_limb(pen, limb, ends="round", side=side, wider=wider)
    ends = {"blocks": "square", "claws": "pointed"}.get(style.name, "round")
    for limb in body.limbs:
        _draw_limb(pen, limb, ends=ends, side=side, wider=wider)
    for web in body.webs:
        pen.polygon([(x * side, y * side) for x, y in web], fill=255)
    return mask


def _draw_limb(pen: ImageDraw.ImageDraw, limb: Limb, *, ends: str, side: int, wider: float) -> None:
    """Draw the pieces and, where they are round, discs at the joints."""
    pieces = segments(limb)
    for place, (a, b, wide, narrow) in enumerate(pieces):
        is_tip = place == len(pieces) - 1
        at_end = 0.35 * narrow if ends == "pointed" and is_tip else narrow
        _draw_piece(pen, a, b, (wide + wider, at_end + wider), side=side)
    for place, (joint, width) in enumerate(zip(limb.joints, limb.widths, strict=True)):
        if ends == "round" or place < len(limb.joints) - 1:
            _draw_disc(pen, joint, radius=(width + wider) / 2, side=side)


def _draw_piece(
    pen: ImageDraw.ImageDraw, a: Point, b: Point, widths: tuple[float, float], *, side: int
) -> None:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = hypot(dx, dy) or 1.0
    across = (-dy / length, dx / length)
    corners = []
    for (x, y), width, sign in ((a, widths[0], 1), (b, widths[1], 1), (b, widths[1], -1), (a, widths[0], -1)):
        corners.append((side * (x + sign * across[0] * width / 2), side * (y + sign * across[1] * width / 2)))
    pen.polygon(corners, fill=255)


def _draw_disc(pen: ImageDraw.ImageDraw, centre: Point, *, radius: float, side: int) -> None:
    x, y, r = centre[0] * side, centre[1] * side, radius * side
    pen.ellipse((x - r, y - r, x + r, y + r), fill=255)


def _lit(image: Image.Image) -> Image.Image:
    """Darken from the upper left to the lower right by a third."""
    side = image.width
    ramp = np.linspace(1.0, 0.66, side, dtype=np.float32)
    light = (ramp[:, None] + ramp[None, :]) / 2
    pixels = np.asarray(image, dtype=np.float32) * light[:, :, None]
    return Image.fromarray(pixels.astype(np.uint8))


def _speckled(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    pixels = np.asarray(image, dtype=np.float32)
    grain = rng.normal(0.0, 14.0, size=(*pixels.shape[:2], 1))
    return Image.fromarray((pixels + grain).clip(0, 255).astype(np.uint8))


def _inside(row: int, column: int, size: int) -> tuple[int, int]:
    """Return the corner of a square about a pixel, moved into the picture."""
    top, left = (min(max(0, int(value) - size // 2), SIDE - size) for value in (row, column))
    return top, left

"""The picture that a shared link shows: every name with its rank and interval. Drawn from the cards of the page."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from web.pages.cards import ArtifactCard

WIDTH, HEIGHT = 1200, 630
PAPER, INK, SOFT, LINE = "#f3f5f4", "#10171a", "#47545a", "#76858a"
COLOURS = {"a": "#0a54c4", "b": "#a84307", "c": "#6d28a8", "d": "#0b646c"}
WASHES = {"a": "#b3c7ea", "b": "#e0bda9", "c": "#cdb6e0", "d": "#adcccd"}
# The largest of these in which every name fits beside its score, or the smallest.
SIZES = (96, 80, 64, 52, 40)
LEFT, RIGHT, TOP = 72, 1128, 96


@dataclass(frozen=True)
class _Place:
    """Where a card stands, how high it is and how large its name, in pixels."""

    top: float
    height: float
    size: int


def social_image(cards: Sequence[tuple[str, ArtifactCard]], *, site: str, rank: str) -> bytes:
    """Return a PNG of 1200 by 630 pixels, the size that every reader of Open Graph takes.

    ``cards`` are one to four artifacts with their letters.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((LEFT, 36), f"{site}: {rank} out of 100, with 90 % intervals", SOFT, _font(28))
    height = (HEIGHT - TOP - 76) / len(cards)
    size = _size(draw, [_on_one_line(card.name) for _, card in cards], most=height * 0.38)
    for place, (letter, card) in enumerate(cards):
        _side(draw, letter, card, _Place(TOP + place * height, height, size))
    if len(cards) == 1:
        _what_it_is(draw, cards[0][1])
    for tick in range(0, 101, 25):
        x = _x(tick)
        draw.line((x, HEIGHT - 76, x, HEIGHT - 62), LINE, 2)
        draw.text((x, HEIGHT - 58), str(tick), SOFT, _font(24), anchor="ma")
    draw.line((LEFT, HEIGHT - 76, RIGHT, HEIGHT - 76), LINE, 2)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _size(draw: ImageDraw.ImageDraw, names: Sequence[str], *, most: float) -> int:
    sizes = [size for size in SIZES if size <= most]
    room = {size: RIGHT - LEFT - 4 * size for size in sizes}
    fitting = (
        size for size in sizes if all(draw.textlength(name, _font(size)) <= room[size] for name in names)
    )
    return next(fitting, sizes[-1])


def _side(draw: ImageDraw.ImageDraw, letter: str, card: ArtifactCard, place: _Place) -> None:
    top, height, size = place.top, place.height, place.size
    colour = COLOURS[letter]
    draw.text((LEFT, top), _fitted(draw, card.name, size), INK, _font(size))
    bar = card.rank
    if bar is None:
        draw.text((RIGHT, top), "not ranked yet", SOFT, _font(int(size * 0.6)), anchor="ra")
        return
    draw.text((RIGHT, top), f"{bar.value:.1f}", colour, _font(size), anchor="ra")
    y0, y1 = top + size * 1.45, top + size * 1.45 + height * 0.22
    draw.line((LEFT, (y0 + y1) / 2, RIGHT, (y0 + y1) / 2), LINE, 1)
    draw.rectangle((_x(bar.low), y0, _x(bar.high), y1), WASHES[letter])
    for bound in (bar.low, bar.high):
        draw.line((_x(bound), y0, _x(bound), y1), colour, 4)
    draw.circle((_x(bar.value), (y0 + y1) / 2), 12, colour)


def _what_it_is(draw: ImageDraw.ImageDraw, card: ArtifactCard) -> None:
    words = f"{card.kind} by {card.publisher}, {card.openness[:1].lower()}{card.openness[1:]}"
    draw.text((LEFT, HEIGHT - 210), _fitted(draw, words, 40), SOFT, _font(40))


def _x(value: float) -> float:
    return LEFT + (RIGHT - LEFT) * value / 100


def _fitted(draw: ImageDraw.ImageDraw, text: str, size: int) -> str:
    """Return the name on one line, cut where it would run into the score."""
    text = _on_one_line(text)
    room = RIGHT - LEFT - 4 * size
    if draw.textlength(text, _font(size)) <= room:
        return text
    while text and draw.textlength(f"{text}…", _font(size)) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the typeface that comes with Pillow: the same picture on every machine."""
    return ImageFont.load_default(size)

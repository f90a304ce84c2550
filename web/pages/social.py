"""The picture that a shared link shows: every name with its value and interval. Drawn from the rows of the page."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from web.figures import Bar
from web.pages.cards import ArtifactCard

WIDTH, HEIGHT = 1200, 630
PAPER, INK, SOFT, LINE = "#f3f5f4", "#10171a", "#47545a", "#76858a"
# By the letter of a side; without one a row is none of a comparison.
COLOURS = {"": INK, "a": "#0a54c4", "b": "#a84307", "c": "#6d28a8", "d": "#0b646c"}
WASHES = {"": "#b9c0c1", "a": "#b3c7ea", "b": "#e0bda9", "c": "#cdb6e0", "d": "#adcccd"}
# The largest of these in which every name fits beside its score, or the smallest.
SIZES = (96, 80, 64, 52, 40, 32)
LEFT, RIGHT, TOP = 72, 1128, 96
TITLE_SIZE = 64


@dataclass(frozen=True)
class _Place:
    """Where a row stands, how high it is and how large its name, in pixels."""

    top: float
    height: float
    size: int


@dataclass(frozen=True)
class ImageRow:
    """A name with its value and interval; without a bar ``text`` says why there is none. ``letter`` gives the colour."""

    name: str
    bar: Bar | None
    text: str
    letter: str = ""


def card_row(card: ArtifactCard, *, letter: str = "") -> ImageRow:
    """Return an artifact with its rank."""
    text = f"{card.rank.value:.1f}" if card.rank else "not ranked yet"
    return ImageRow(card.name, card.rank, text, letter)


def rank_caption(*, site: str, rank: str) -> str:
    """Return what ranks on an image are."""
    return f"{site}: {rank} out of 100, with 90 % intervals"


def social_image(cards: Sequence[tuple[str, ArtifactCard]], *, site: str, rank: str) -> bytes:
    """Return the image of one to four artifacts, given with their letters, as a PNG of 1200 by 630 pixels."""
    rows = [card_row(card, letter=letter) for letter, card in cards]
    foot = _what_it_is(cards[0][1]) if len(cards) == 1 else ""
    return drawn(rows, caption=rank_caption(site=site, rank=rank), foot=foot)


def drawn(rows: Sequence[ImageRow], *, caption: str, title: str = "", foot: str = "") -> bytes:
    """Return up to four rows above a rule from 0 to 100 as a PNG of 1200 by 630 pixels.

    That is the size that every reader of Open Graph takes. ``title`` stands above the rows, ``foot`` below.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((LEFT, 36), _fitted(draw, caption, 28, room=RIGHT - LEFT), SOFT, _font(28))
    if title:
        draw.text((LEFT, TOP), _fitted(draw, title, TITLE_SIZE, room=RIGHT - LEFT), INK, _font(TITLE_SIZE))
    top = TOP + (TITLE_SIZE * 1.7 if title else 0)
    if rows:
        _rows(draw, rows, top)
    if foot:
        draw.text((LEFT, HEIGHT - 210), _fitted(draw, foot, 40), SOFT, _font(40))
    _axis(draw)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _rows(draw: ImageDraw.ImageDraw, rows: Sequence[ImageRow], top: float) -> None:
    height = (HEIGHT - top - 76) / len(rows)
    size = _size(draw, [_on_one_line(row.name) for row in rows], most=height * 0.38)
    for place, row in enumerate(rows):
        _row(draw, row, _Place(top + place * height, height, size))


def _axis(draw: ImageDraw.ImageDraw) -> None:
    for tick in range(0, 101, 25):
        x = _x(tick)
        draw.line((x, HEIGHT - 76, x, HEIGHT - 62), LINE, 2)
        draw.text((x, HEIGHT - 58), str(tick), SOFT, _font(24), anchor="ma")
    draw.line((LEFT, HEIGHT - 76, RIGHT, HEIGHT - 76), LINE, 2)


def _size(draw: ImageDraw.ImageDraw, names: Sequence[str], *, most: float) -> int:
    sizes = [size for size in SIZES if size <= most]
    room = {size: RIGHT - LEFT - 4 * size for size in sizes}
    fitting = (
        size for size in sizes if all(draw.textlength(name, _font(size)) <= room[size] for name in names)
    )
    return next(fitting, sizes[-1])


def _row(draw: ImageDraw.ImageDraw, row: ImageRow, place: _Place) -> None:
    top, height, size = place.top, place.height, place.size
    colour, bar = COLOURS[row.letter], row.bar
    draw.text((LEFT, top), _fitted(draw, row.name, size), INK, _font(size))
    if bar is None:
        draw.text((RIGHT, top), row.text, SOFT, _font(int(size * 0.6)), anchor="ra")
        return
    draw.text((RIGHT, top), row.text, colour, _font(size), anchor="ra")
    y0, y1 = top + size * 1.45, top + size * 1.45 + height * 0.22
    draw.line((LEFT, (y0 + y1) / 2, RIGHT, (y0 + y1) / 2), LINE, 1)
    draw.rectangle((_x(bar.low), y0, _x(bar.high), y1), WASHES[row.letter])
    for bound in (bar.low, bar.high):
        draw.line((_x(bound), y0, _x(bound), y1), colour, 4)
    draw.circle((_x(bar.value), (y0 + y1) / 2), 12, colour)


def _what_it_is(card: ArtifactCard) -> str:
    return f"{card.kind} by {card.publisher}, {card.openness[:1].lower()}{card.openness[1:]}"


def _x(value: float) -> float:
    return LEFT + (RIGHT - LEFT) * value / 100


def _fitted(draw: ImageDraw.ImageDraw, text: str, size: int, *, room: float = 0) -> str:
    """Return the text on one line, cut where it would run out of ``room``, or into the score."""
    text = _on_one_line(text)
    room = room or RIGHT - LEFT - 4 * size
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

"""The picture of a comparison that other sites embed: names, ranks with intervals and the headline, as SVG."""

from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import wrap

from web.pages.compare.comparison import Comparison
from web.pages.compare.sides import ComparedArtifact

WIDTH = 640
LEFT, RIGHT = 24.0, 616.0
FIRST_LINE, LINE = 52, 24
ROW = 46
LINE_SIGNS, NAME_SIGNS = 68, 44
# The colours of the page's light theme: a card stands on anybody's ground and brings its own.
COLOURS = {
    "a": ("#0a54c4", "#b3c7ea"),
    "b": ("#a84307", "#e0bda9"),
    "c": ("#6d28a8", "#cdb6e0"),
    "d": ("#0b646c", "#adcccd"),
}


@dataclass(frozen=True)
class CardLine:
    """A line of text and where it stands."""

    y: int
    text: str


@dataclass(frozen=True)
class CardRow:
    """One side: its name and score, and where its interval stands; without a rank there is none."""

    y: int
    name: str
    score: str
    colour: str
    wash: str
    low: float = 0.0
    width: float = 0.0
    value: float = 0.0
    has_rank: bool = False


@dataclass(frozen=True)
class Card:
    """Everything on the card, in pixels."""

    title: str
    lines: tuple[CardLine, ...]
    rows: tuple[CardRow, ...]
    height: int
    as_of: str
    width: int = WIDTH
    left: float = LEFT
    right: float = RIGHT


def compare_card(page: Comparison) -> Card:
    """Return the card of a comparison, drawn from its page's object."""
    lines = [
        CardLine(FIRST_LINE + place * LINE, text)
        for place, text in enumerate(wrap(page.headline, LINE_SIGNS))
    ]
    top = FIRST_LINE + len(lines) * LINE
    return Card(
        title=page.meta.title,
        lines=tuple(lines),
        rows=tuple(_rows(page.sides, top)),
        height=top + ROW * len(page.sides) + 40,
        as_of=next((side.entry.as_of.isoformat() for side in page.sides if side.entry), ""),
    )


def _rows(sides: Iterable[ComparedArtifact], top: int) -> Iterable[CardRow]:
    for place, side in enumerate(sides):
        y, bar = top + place * ROW, side.card.rank
        name = side.name if len(side.name) <= NAME_SIGNS else f"{side.name[: NAME_SIGNS - 1].rstrip()}…"
        colour, wash = COLOURS[side.letter]
        if bar is None:
            yield CardRow(y, name, "not ranked yet", colour, wash)
        else:
            low = _x(bar.low)
            yield CardRow(
                y, name, f"{bar.value:.1f}", colour, wash, low, _x(bar.high) - low, _x(bar.value), True
            )


def _x(score: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * score / 100, 1)

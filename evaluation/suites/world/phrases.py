"""Texts to paint, by kind: lines that stand in ``words/phrases.toml``, filled in, and words that nobody knows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Final

from evaluation.suites.world.things import WORDS_DIR

_SLOT: Final = re.compile(r"\{(\w+)\}")
_TIME: Final = re.compile(r"\b\d\d:\d\d\b")
_DAY: Final = re.compile(r"\b\d{1,2}(?= (?:January|March|April|May|June|July|October)\b)")
_PHONE: Final = re.compile(r"(?<=\b555-01)\d\d")
# Times, days, years, telephone numbers (of which 555-01.. are nobody's) and single digits stay as they are.
_NUMBER: Final = re.compile(
    r"(?<![\d:.])(?<!555-)(?!555-)(?!20\d\d\b)\d{2,}(?![\d:]| (?:March|April|May|June|July))"
)
_CONSONANTS: Final = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "st",
    "t",
    "v",
    "z",
)
_VOWELS: Final = ("a", "e", "i", "o", "u", "ai", "ou")
_ENDINGS: Final = ("", "", "n", "r", "s", "l", "m", "ck", "nd", "x")


@dataclass(frozen=True)
class Theme:
    """Lines that fit together, and the surfaces that they may stand on."""

    name: str
    surfaces: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Surface:
    """How a surface is spoken of, how its text is made, and how many words fit."""

    phrase: str
    material: str
    most_words: int


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads((WORDS_DIR / "phrases.toml").read_text(encoding="utf-8"))


def themes(kind: str) -> list[Theme]:
    """Return the themes of one kind of text."""
    return [
        Theme(name, tuple(entry["surfaces"]), tuple(entry["lines"])) for name, entry in _table()[kind].items()
    ]


@lru_cache(maxsize=1)
def surfaces() -> dict[str, Surface]:
    """Return every surface by its name."""
    return {name: Surface(**entry) for name, entry in _table()["surfaces"].items()}


def places(n_regions: int) -> list[str]:
    """Return where so many regions of text stand, in reading order."""
    found: list[str] = _table()["places"][str(n_regions)]
    return found


def filled(line: str, rng: Random) -> str:
    """Fill a line's slots; a slot with a capital begins with one.

    >>> filled("No slots here", Random(0))
    'No slots here'
    """

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        word: str = rng.choice(_table()["slots"][name.lower()])
        return word[0].upper() + word[1:] if name[0].isupper() else word

    return _SLOT.sub(fill, line)


def renumbered(line: str, rng: Random) -> str:
    """Give a line other times, days and numbers of as many digits; times and days stay in order.

    >>> renumbered("Gate B42", Random(1)) != "Gate B42"
    True
    """
    line = _in_order(_TIME, line, lambda: f"{rng.randrange(6, 22):02}:{rng.randrange(60):02}", str)
    line = _PHONE.sub(lambda _match: f"{rng.randrange(100):02}", line)
    line = _in_order(_DAY, line, lambda: str(rng.randrange(1, 29)), int)
    return _NUMBER.sub(lambda match: str(rng.randrange(10 ** (len(match[0]) - 1), 10 ** len(match[0]))), line)


def _in_order(pattern: re.Pattern[str], line: str, draw: Callable[[], str], key: Callable[[str], Any]) -> str:
    drawn = iter(sorted((draw() for _ in pattern.findall(line)), key=key))
    return pattern.sub(lambda _match: next(drawn), line)


def pseudo_word(rng: Random) -> str:
    """Return pronounceable letters that are no word; only reading can get them right."""
    syllables = [rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.choice((2, 2, 3)))]
    return "".join(syllables) + rng.choice(_ENDINGS)


def pseudo_line(n_words: int, rng: Random) -> str:
    """Return so many pseudo-words, the first with a capital."""
    return " ".join(pseudo_word(rng) for _ in range(n_words)).capitalize()

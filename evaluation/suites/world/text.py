"""Prompts for painted text: kinds of string by number of regions by length, on many surfaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

from evaluation.suites.world.english import NUMBERS, listed
from evaluation.suites.world.family import Draft, WorldFamily
from evaluation.suites.world.phrases import (
    Theme,
    filled,
    places,
    pseudo_line,
    renumbered,
    surfaces,
    themes,
)
from evaluation.suites.world.scene import Region, World
from evaluation.suites.world.spell import misspelt

_PER_FAMILY: Final = 3
_MOST_REGIONS: Final = 5
_LETTERS_PER_WORD: Final = 2
_SHORTEST_JOINED: Final = 4
_TRIES: Final = 400


@dataclass(frozen=True)
class Length:
    """How many words all regions have together. Chinese and its neighbours count two characters as one."""

    fewest: int
    most: int

    @property
    def name(self) -> str:
        """Return the range in words of a slug."""
        return f"{self.fewest}-to-{self.most}-words"


LENGTHS: Final = (Length(1, 2), Length(3, 6), Length(7, 15), Length(16, 40))
KINDS: Final = {
    "dictionary": "dictionary word",
    "pseudo": "pseudo-word",
    "numbers": "number, price, date or address",
    "mixed": "mixed case and punctuation",
    "diacritics": "Latin with diacritics",
    "cyrillic": "Cyrillic",
    "cjk": "Chinese, Japanese, Korean",
}
# Regions and place in LENGTHS of the strata that are too small for the whole grid.
_CYRILLIC: Final = ((1, 0), (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (3, 2), (3, 3))
_CJK: Final = ((1, 0), (1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2))


def text_families() -> Iterator[WorldFamily]:
    """Yield the families: five kinds of 51 prompts over the whole grid, 24 in Cyrillic, 21 in CJK."""
    grid = [
        (n_regions, place)
        for n_regions in range(1, _MOST_REGIONS + 1)
        for place, length in enumerate(LENGTHS)
        if n_regions <= length.most
    ]
    for kind in ("dictionary", "pseudo", "numbers", "mixed", "diacritics"):
        yield from (_family(kind, *cell) for cell in grid)
    yield from (_family("cyrillic", *cell) for cell in _CYRILLIC)
    yield from (_family("cjk", *cell) for cell in _CJK)


def _family(kind: str, n_regions: int, place: int) -> WorldFamily:
    length = LENGTHS[place]
    return WorldFamily(
        name=f"{kind}-{n_regions}-{'region' if n_regions == 1 else 'regions'}-{length.name}",
        stratum=KINDS[kind],
        difficulty=min(5, place + (n_regions + 1) // 2),
        n_prompts=_PER_FAMILY,
        draw=partial(_draw, kind, n_regions, length),
    )


def _draw(kind: str, n_regions: int, length: Length, rng: Random) -> Draft:
    while True:
        theme = rng.choice(themes("dictionary" if kind == "pseudo" else kind))
        texts = _texts(kind, theme, n_regions, length, rng)
        fitting = [
            name for name in theme.surfaces if surfaces()[name].most_words >= sum(map(_n_words, texts))
        ]
        if texts and fitting:
            return _draft(kind, texts, rng.choice(fitting), length, rng)


def _texts(kind: str, theme: Theme, n_regions: int, length: Length, rng: Random) -> list[str]:
    """Return texts of the length asked for, the shortest first as a title; none where none could be found."""
    for _ in range(_TRIES):
        texts = [_region(kind, theme, length, n_regions, rng) for _ in range(n_regions)]
        if length.fewest <= sum(map(_n_words, texts)) <= length.most and len(set(texts)) == n_regions:
            shortest = min(texts, key=len)
            return [shortest, *(text for text in texts if text != shortest)]
    return []


def _region(kind: str, theme: Theme, length: Length, n_regions: int, rng: Random) -> str:
    if kind == "pseudo":
        most = max(1, length.most // n_regions)
        return pseudo_line(rng.randint(min(most, max(1, length.fewest // n_regions)), most), rng)
    line = _line(kind, theme, rng)
    long_enough = [other for other in theme.lines if _n_words(other) >= _SHORTEST_JOINED]
    if length is LENGTHS[-1] and _n_words(line) >= _SHORTEST_JOINED and rng.random() < 0.5:
        other = _finished(kind, rng.choice([text for text in long_enough if text[:6] != line[:6]]), rng)
        return _joined(kind, line, other)
    return line


def _line(kind: str, theme: Theme, rng: Random) -> str:
    return _finished(kind, rng.choice(theme.lines), rng)


def _finished(kind: str, line: str, rng: Random) -> str:
    line = filled(line, rng)
    return renumbered(line, rng) if kind == "numbers" else line


def _joined(kind: str, line: str, other: str) -> str:
    if kind == "numbers":
        return f"{line}; {other}"
    stop = "。" if kind == "cjk" and line[-1] > "\u2fff" else "."
    first, second = (text if text[-1] in ".!?。)" else text + stop for text in (line, other))
    return first + ("" if stop == "。" else " ") + second


def _n_words(text: str) -> int:
    """Count words; of scripts without spaces, two characters are one."""
    if any("\u3040" <= letter <= "\u9fff" for letter in text):
        return -(-len(text) // _LETTERS_PER_WORD)
    return len(text.split())


def _draft(kind: str, texts: list[str], name: str, length: Length, rng: Random) -> Draft:
    n = len(texts)
    regions = [Region(text, KINDS[kind], place) for text, place in zip(texts, places(n), strict=True)]
    world = World(surface=name, regions=tuple(regions))
    other = rng.choice([surface for surface in surfaces() if not {*surface.split()} & {*name.split()}])
    foils: dict[str, tuple[str, ...]] = {
        f"regions.{i}.text": (misspelt(t, rng),) for i, t in enumerate(texts)
    }
    tags = (kind, f"{n} region{'s' * (n > 1)}", length.name.replace("-", " "))
    return Draft(world, _prompt(world, name, rng), foils | {"surface": (other,)}, tags)


def _prompt(world: World, name: str, rng: Random) -> str:
    surface = surfaces()[name]
    form = rng.randrange(3)
    if len(world.regions) == 1:
        quoted = f'"{world.regions[0].text}"'
        return (
            f"A photo of {surface.phrase}. {_capital(surface.material)}, it says {quoted}.",
            f"{_capital(surface.phrase)} with the text {quoted} {surface.material}",
            f"A picture of {surface.phrase}. The only text on it is {quoted}, {surface.material}.",
        )[form]
    parts = listed([f'"{region.text}" {region.place}' for region in world.regions])
    number = NUMBERS[len(world.regions)]
    return (
        f"A photo of {surface.phrase}. It has {number} separate pieces of text, {surface.material}: {parts}.",
        f"{_capital(surface.phrase)}, {surface.material}, with {parts}",
        f"A picture of {surface.phrase} that shows {parts}, and no other text. All of it is {surface.material}.",
    )[form]


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]

"""Does the text scorer read what is painted, letter for letter, and never what should have been painted?

Both engines read the same pictures. The deciding one must pass the gates; the other's figures are
published beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random
from statistics import fmean
from typing import Final

import numpy as np
from PIL import Image
from scipy.stats import spearmanr

from evaluation.bundled.drawing import draw
from evaluation.bundled.specs import Scene, Text
from evaluation.readers.registry import load_reader
from evaluation.sanity.base import PUBLISHED, SIDE, Check, Gate, at_least, at_most, blanks
from evaluation.sanity.posters import poster
from evaluation.sanity.strings import ACCENTED, EDITS, STRING_TYPES, Draw, substitute, word
from evaluation.scorers.lines import Line, normalise, read_lines
from evaluation.scorers.matching import Reading, match_text
from evaluation.scorers.text import PRIMARY, READERS
from evaluation.suites.spec import PromptSpec

_LINES: Final = 3
_POSTERS_PER_TYPE: Final = 8
_POSTERS_PER_EDIT: Final = 12
_PLANTED: Final = tuple(step / 20 for step in range(11))
_LONG: Final = 20
_DRAWN: Final = ("OPEN", "BREAD", "GARDEN", "HOTEL", "RIVER", "BAKERY", "CAT", "ZOO", "SALE", "MOON")


@dataclass(frozen=True)
class _Picture:
    """A picture with the lines painted in it, and those that a prompt would have asked for."""

    image: Image.Image
    painted: tuple[str, ...]
    meant: tuple[str, ...]


def check_text(*, scale: int = 1) -> Iterator[Check]:
    """Yield the checks of the text scorer; ``scale`` times as many pictures as continuous tests take."""
    rng = Random(4)  # noqa: S311 - reproducible, not secret
    by_type = {name: _posters(draw, rng, scale) for name, draw in STRING_TYPES.items()}
    accented = _posters(ACCENTED, rng, scale)
    misspelt = {name: _misspelt(name, rng, scale) for name in EDITS}
    planted = [(share, _planted(share, rng)) for share in _PLANTED for _ in range(2 * scale)]
    drawn = [_drawn(text, rng) for text in _DRAWN]
    for engine in READERS:
        yield from _clean(engine, by_type, accented)
        yield from _edited(engine, misspelt)
        yield _monotone(engine, planted)
        yield _on_drawings(engine, drawn)
        yield _blank(engine)


def _clean(engine: str, by_type: dict[str, list[_Picture]], accented: list[_Picture]) -> Iterator[Check]:
    readings = {name: [_read(engine, p.image, p.painted) for p in found] for name, found in by_type.items()}
    everything = [reading for found in readings.values() for reading in found]
    extra = [sum(len(line.text.split()) for line in reading.extra) for reading in everything]
    check = _checks(engine, "ocr-clean")
    yield check("read exactly", _share_exact(everything), at_least(0.97), len(everything))
    yield check("words nobody painted, per picture", fmean(extra), at_most(0.05), len(extra))
    readings["accented"] = [_read(engine, p.image, p.painted) for p in accented]
    for name, found in readings.items():
        yield check(f"read exactly, {name}", _share_exact(found), PUBLISHED, len(found))


def _edited(engine: str, misspelt: dict[str, list[_Picture]]) -> Iterator[Check]:
    """A misspelling must be read as it is, and must not pass for the word that was meant."""
    verbatim: dict[str, list[bool]] = {}
    corrected: dict[str, list[bool]] = {}
    for name, pictures in misspelt.items():
        seen = [(_lines(engine, picture.image), picture) for picture in pictures]
        verbatim[name] = _exact(_match(picture.painted, lines) for lines, picture in seen)
        corrected[name] = _exact(_match(picture.meant, lines) for lines, picture in seen)
    check = _checks(engine, "ocr-misspelt")
    as_is, as_meant = (list(chain.from_iterable(found.values())) for found in (verbatim, corrected))
    n = sum(len(pictures) for pictures in misspelt.values())
    yield check("misspelling read as it is", fmean(as_is), at_least(0.97), n)
    yield check("misspelling read as the right word", fmean(as_meant), at_most(0.01), n)
    for name, found in corrected.items():
        yield check(f"read as the right word, a letter {name}", fmean(found), PUBLISHED, len(misspelt[name]))


def _monotone(engine: str, planted: list[tuple[float, _Picture]]) -> Check:
    """More planted errors must give a higher measured error rate."""
    measured = [_read(engine, p.image, p.meant) for _, p in planted]
    rates = [reading.cost / reading.n_asked for reading in measured]
    correlation = float(spearmanr([share for share, _ in planted], rates).statistic)
    check = _checks(engine, "ocr-monotone")
    return check("Spearman of planted and measured CER", correlation, at_least(0.98), len(planted))


def _on_drawings(engine: str, drawn: list[_Picture]) -> Check:
    """The demonstration suites' own lettering."""
    readings = [_read(engine, p.image, p.painted) for p in drawn]
    return _checks(engine, "ocr-drawn")("read exactly", _share_exact(readings), at_least(0.97), len(drawn))


def _blank(engine: str) -> Check:
    credit = [_read(engine, image, ("OPEN",)).f1 for image in blanks(seed=4)]
    return _checks(engine, "blank")(
        "mean credit for blank and noise", fmean(credit), at_most(0.05), len(credit)
    )


def _checks(engine: str, suite: str) -> Callable[[str, float, Gate, int], Check]:
    """Return how this engine's checks are made: the second engine's are published and bar nothing."""

    def check(measure: str, value: float, gate: Gate, n_images: int) -> Check:
        if engine == PRIMARY:
            return Check("text", suite, measure, value, gate, n_images)
        return Check("text", suite, f"second engine: {measure}", value, PUBLISHED, n_images)

    return check


def _read(engine: str, image: Image.Image, asked: Sequence[str]) -> Reading:
    return _match(asked, _lines(engine, image))


def _lines(engine: str, image: Image.Image) -> list[Line]:
    return read_lines(load_reader(engine)(image, PromptSpec(Scene(texts=(Text("ANY", "black"),)))))


def _match(asked: Sequence[str], lines: Sequence[Line]) -> Reading:
    return match_text([normalise(text) for text in asked], lines)


def _exact(readings: Iterable[Reading]) -> list[bool]:
    return [match.is_exact for reading in readings for match in reading.matches]


def _share_exact(readings: Sequence[Reading]) -> float:
    return fmean(_exact(readings))


def _posters(draw_string: Draw, rng: Random, scale: int) -> list[_Picture]:
    """Half of the posters carry discs and rules."""
    pictures = []
    for number in range(_POSTERS_PER_TYPE * scale):
        lines = tuple(dict.fromkeys(draw_string(rng) for _ in range(_LINES)))
        pictures.append(_Picture(poster(lines, rng=rng, is_decorated=bool(number % 2)), lines, lines))
    return pictures


def _misspelt(edit: str, rng: Random, scale: int) -> list[_Picture]:
    pictures = []
    for number in range(_POSTERS_PER_EDIT * scale):
        meant = tuple(dict.fromkeys(word(rng) for _ in range(_LINES)))
        painted = tuple(EDITS[edit](text, rng) for text in meant)
        pictures.append(_Picture(poster(painted, rng=rng, is_decorated=bool(number % 2)), painted, meant))
    return pictures


def _planted(share: float, rng: Random) -> _Picture:
    meant = "".join(rng.choice("abdefghkmnprtuy") for _ in range(_LONG))
    painted = substitute(meant, rng, places=round(share * _LONG))
    return _Picture(poster((painted,), rng=rng), (painted,), (meant,))


def _drawn(text: str, rng: Random) -> _Picture:
    scene = Scene(texts=(Text(text, rng.choice(("black", "red", "blue", "green", "purple"))),))
    image = draw(scene, rng=np.random.default_rng(rng.randrange(2**32)), size=SIDE).image
    return _Picture(image, (text,), (text,))

"""Does the text scorer read what is painted, letter for letter, and never what should have been painted?"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

import numpy as np
from PIL import Image
from scipy.stats import spearmanr

from evaluation.bundled.drawing import draw
from evaluation.bundled.specs import Scene, Text
from evaluation.sanity.base import SIDE, Check, at_least, at_most, blanks, judge
from evaluation.suites.spec import PromptSpec

_WORDS: Final = [
    "OPEN",
    "BREAD",
    "GARDEN",
    "HOTEL",
    "RIVER",
    "BAKERY",
    "SUMMER",
    "PLANET",
    "MARKET",
    "ORANGE",
    "WINTER",
    "BRIDGE",
    "TOMATO",
    "CANDLE",
    "ROCKET",
    "BUTTER",
    "DRAGON",
    "FOREST",
]
_LETTERS: Final = "ABDEFGHKLMNPRTY"
_INKS: Final = ("black", "red", "blue", "green", "purple", "brown")
_LEVELS: Final = (0, 1, 2, 3, 4, 6)
_PER_LEVEL: Final = 3
_LONG: Final = 6


def check_text() -> Iterator[Check]:
    """Yield the checks of the text scorer."""
    rng = Random(4)  # noqa: S311 - reproducible, not secret
    yield from _clean(rng)
    yield from _misspelt(rng)
    yield _monotone(rng)
    yield _blank()


def _clean(rng: Random) -> Iterator[Check]:
    values = [judge("text", _painted(word, rng), _spec(word)) for word in _WORDS]
    exact = [value["text_exact"].value or 0.0 for value in values]
    extra = [len(value["text_exact"].evidence["extra"]) for value in values]
    yield Check("text", "ocr-clean", "read exactly", float(np.mean(exact)), at_least(0.97), len(exact))
    yield Check(
        "text",
        "ocr-clean",
        "lines nobody painted, per picture",
        float(np.mean(extra)),
        at_most(0.05),
        len(extra),
    )


def _misspelt(rng: Random) -> Iterator[Check]:
    """Paint a misspelling: it must be read as it is, and must not pass for the word that was asked for."""
    verbatim, corrected = [], []
    for place, word in enumerate(_WORDS):
        wrong = _EDITS[place % len(_EDITS)](word, rng)
        image = _painted(wrong, rng)
        verbatim.append(judge("text", image, _spec(wrong))["text_exact"].value or 0.0)
        corrected.append(judge("text", image, _spec(word))["text_exact"].value or 0.0)
    n = len(verbatim)
    yield Check(
        "text", "ocr-misspelt", "misspelling read as it is", float(np.mean(verbatim)), at_least(0.97), n
    )
    yield Check(
        "text",
        "ocr-misspelt",
        "misspelling read as the right word",
        float(np.mean(corrected)),
        at_most(0.01),
        n,
    )


def _monotone(rng: Random) -> Check:
    """More planted errors must give a higher measured error rate."""
    planted, measured = [], []
    for level in _LEVELS:
        for _ in range(_PER_LEVEL):
            word = "".join(rng.sample(_LETTERS, _LONG))
            wrong = _substitute(word, rng, places=level)
            planted.append(level / _LONG)
            measured.append(judge("text", _painted(wrong, rng), _spec(word))["cer"].value or 0.0)
    correlation = float(spearmanr(planted, measured).statistic)
    return Check(
        "text",
        "ocr-monotone",
        "Spearman of planted and measured CER",
        correlation,
        at_least(0.98),
        len(planted),
    )


def _blank() -> Check:
    values = [judge("text", image, _spec("OPEN"))["text_f1"].value or 0.0 for image in blanks(seed=4)]
    return Check(
        "text", "blank", "mean credit for blank and noise", float(np.mean(values)), at_most(0.05), len(values)
    )


def _spec(word: str) -> PromptSpec:
    return PromptSpec(Scene(texts=(Text(word, "black"),)))


def _painted(word: str, rng: Random) -> Image.Image:
    scene = Scene(texts=(Text(word, rng.choice(_INKS)),))
    return draw(scene, rng=np.random.default_rng(rng.randrange(2**32)), size=SIDE).image


def _substitute(word: str, rng: Random, *, places: int = 1) -> str:
    letters = list(word)
    for place in rng.sample(range(len(word)), places):
        letters[place] = rng.choice([letter for letter in _LETTERS if letter not in word])
    return "".join(letters)


def _delete(word: str, rng: Random) -> str:
    place = rng.randrange(len(word))
    return word[:place] + word[place + 1 :]


def _double(word: str, rng: Random) -> str:
    place = rng.randrange(len(word))
    return word[:place] + word[place] + word[place:]


def _swap(word: str, rng: Random) -> str:
    places = [i for i in range(len(word) - 1) if word[i] != word[i + 1]]
    place = rng.choice(places)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


_EDITS: Final = (_substitute, _delete, _double, _swap)

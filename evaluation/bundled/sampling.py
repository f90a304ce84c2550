"""Random scenes for training and for test suites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from evaluation.bundled.specs import (
    Figure,
    ObjectGroup,
    Relation,
    Scene,
    SceneError,
    Text,
)
from evaluation.bundled.vocabulary import (
    BACKGROUNDS,
    COLOURS,
    DARK,
    INKS,
    POSES,
    PREDICATES,
    SHAPES,
    SIGN_WORDS,
    SIZES,
    WORDS,
)

FAMILIES: Final[dict[str, float]] = {
    "count": 0.20,
    "pair": 0.07,
    "relation": 0.15,
    "text": 0.38,
    "hand": 0.10,
    "person": 0.10,
}
_CONSONANTS: Final = tuple("BCDFGHJKLMNPQRSTVWXYZ")
_VOWELS: Final = tuple("AEIOU")
_LETTERS: Final = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def sample_scene(rng: np.random.Generator, *, family: str | None = None) -> Scene:
    """A random scene of one family (a key of FAMILIES), or of any family in training proportions."""
    if family is None:
        family = str(rng.choice(list(FAMILIES), p=list(FAMILIES.values())))
    makers = {
        "count": _count,
        "pair": _pair,
        "relation": _relation,
        "text": _text,
        "hand": _hand,
        "person": _person,
    }
    if family not in makers:
        raise SceneError(f"unknown family: {family!r}")
    return makers[family](rng)


def sample_word(rng: np.random.Generator) -> str:
    """A painted word of 2 to 5 letters: mostly of a sign, else of the dictionary, pronounceable or random."""
    kind = rng.random()
    if kind < 0.8:
        return _pick(rng, SIGN_WORDS)
    if kind < 0.88:
        return _pick(rng, WORDS)
    length = int(rng.choice([2, 3, 4, 5], p=[0.1, 0.35, 0.35, 0.2]))
    if kind < 0.94:
        first = int(rng.integers(2))
        return "".join(_pick(rng, _VOWELS if (i + first) % 2 else _CONSONANTS) for i in range(length))
    return "".join(_pick(rng, _LETTERS) for _ in range(length))


def _pick(rng: np.random.Generator, choices: Sequence[str]) -> str:
    return choices[int(rng.integers(len(choices)))]


def _background(rng: np.random.Generator, *, share: float = 0.2) -> str:
    return _pick(rng, BACKGROUNDS) if rng.random() < share else "white"


def _ink(rng: np.random.Generator, *, on: str, other_than: str = "") -> str:
    """A colour that is easy to tell from what it lies on."""
    if on in ("white", "yellow", "pink"):
        similar = {"white", "yellow", "pink", "orange"} if on != "white" else {"white"}
        return _pick(rng, [name for name in INKS if name not in similar | {other_than}])
    bright = ["white", "yellow", "pink", "orange"] if on in DARK else ["white", "yellow", "black"]
    return _pick(rng, [name for name in bright if name != other_than])


def _count(rng: np.random.Generator) -> Scene:
    background = _background(rng)
    size = _pick(rng, SIZES) if rng.random() < 0.25 else None
    group = ObjectGroup(_pick(rng, SHAPES), _ink(rng, on=background), int(rng.integers(1, 6)), size)
    return Scene(background=background, objects=(group,))


def _pair(rng: np.random.Generator) -> Scene:
    first, second = _two_groups(rng)
    counts = int(rng.integers(1, 4)), int(rng.integers(1, 3))
    return Scene(
        objects=(
            ObjectGroup(first.shape, first.colour, counts[0]),
            ObjectGroup(second.shape, second.colour, counts[1]),
        )
    )


def _relation(rng: np.random.Generator) -> Scene:
    return Scene(objects=_two_groups(rng), relation=Relation(0, _pick(rng, PREDICATES), 1))


def _two_groups(rng: np.random.Generator) -> tuple[ObjectGroup, ObjectGroup]:
    shape = _pick(rng, SHAPES)
    other = _pick(rng, [name for name in SHAPES if name != shape])
    colour = _ink(rng, on="white")
    return ObjectGroup(shape, colour), ObjectGroup(other, _ink(rng, on="white", other_than=colour))


def _text(rng: np.random.Generator) -> Scene:
    word, kind = sample_word(rng), rng.random()
    if kind < 0.2:
        board = _pick(
            rng,
            [name for name in COLOURS if name not in ("brown", "purple", "orange", "white")],
        )
        return Scene(texts=(Text(word, _ink(rng, on=board), board),))
    background = _background(rng, share=0.15)
    return Scene(background=background, texts=(Text(word, _ink(rng, on=background)),))


def _hand(rng: np.random.Generator) -> Scene:
    background = _pick(rng, ("blue", "green", "black")) if rng.random() < 0.15 else "white"
    return Scene(
        background=background,
        figures=(Figure("hand", fingers=int(rng.integers(1, 6))),),
    )


def _person(rng: np.random.Generator) -> Scene:
    count, pose = int(rng.integers(1, 4)), _pick(rng, POSES)
    background = _pick(rng, ("yellow", "pink")) if rng.random() < 0.15 else "white"
    return Scene(
        background=background,
        figures=(Figure("person", count, arms=2, legs=2, pose=pose),),
    )

"""One letter wrong: the smallest difference that makes a text another text."""

from __future__ import annotations

import string
from random import Random
from typing import Final

_ALPHABETS: Final = (
    string.ascii_lowercase,
    string.ascii_uppercase,
    string.digits,
    "абвгдежзиклмнопрстуфхцчшюя",
    "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЮЯ",
)


def misspelt(text: str, rng: Random) -> str:
    """Return the text with one letter or digit replaced; of scripts without an alphabet one is left out.

    >>> misspelt("CAT", Random(1)) == "CAT", len(misspelt("CAT", Random(1)))
    (False, 3)
    """
    places = [place for place, letter in enumerate(text) if _alphabet(letter)]
    if not places:
        place = rng.randrange(len(text))
        # A single character has nothing left to leave out: it is doubled.
        return text[:place] + text[place + 1 :] if len(text) > 1 else text * 2
    place = rng.choice(places)
    letter = rng.choice([other for other in _alphabet(text[place]) if other != text[place]])
    return text[:place] + letter + text[place + 1 :]


def _alphabet(letter: str) -> str:
    return next((alphabet for alphabet in _ALPHABETS if letter in alphabet), "")

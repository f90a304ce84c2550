"""Strings to paint, by type, and the edits that painters make: what the text scorer is tested with."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, TypeAlias

Draw: TypeAlias = Callable[[Random], str]
Edit: TypeAlias = Callable[[str, Random], str]

_WORDS: Final = tuple(
    """
    coffee garden bakery parliament algorithm Summer Market ORANGE winter Bridge open daily fresh bread Hotel
    RIVER PLANET rocket butter dragon forest tomorrow committee success balloon letter OPEN Menu library
    """.split()  # noqa: SIM905 - a list literal of this would be three times as long
)
_ACCENTED: Final = ("café", "Müller", "jalapeño", "crème brûlée", "naïve", "Málaga", "façade", "Größe")
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_MIXED: Final = ("iPhone-like", "Don't panic!", "Mr. Fox & Co.", "Wow! Yes?", "(New) RULES", "Tea, milk; jam")
_LETTERS: Final = "abdefghkmnprtuy"


def word(rng: Random) -> str:
    """Return a dictionary word."""
    return rng.choice(_WORDS)


def pseudo_word(rng: Random) -> str:
    """Return letters that can be spoken and that no prior can guess."""
    letters = (rng.choice(_VOWELS if place % 2 else _CONSONANTS) for place in range(rng.randrange(4, 9)))
    return "".join(letters).title()


def number(rng: Random) -> str:
    """Return a price, a time, a date or an address."""
    forms = (
        f"${rng.randrange(1, 99)}.{rng.randrange(10, 99)}",
        f"{rng.randrange(10, 24)}:{rng.randrange(10, 60)}",
        f"20{rng.randrange(10, 40)}-{rng.randrange(10, 13)}-{rng.randrange(10, 29)}",
        f"www.{rng.choice(_WORDS).lower()}.org",
        str(rng.randrange(1000, 99999)),
    )
    return rng.choice(forms)


def sentence(rng: Random) -> str:
    """Return three or four words."""
    return " ".join(rng.sample(_WORDS, rng.randrange(3, 5)))


STRING_TYPES: Final[dict[str, Draw]] = {
    "word": word,
    "pseudo-word": pseudo_word,
    "number": number,
    "mixed": lambda rng: rng.choice(_MIXED),
    "several words": sentence,
}
ACCENTED: Final[Draw] = lambda rng: rng.choice(_ACCENTED)  # noqa: E731 - the same form as the types above


def substitute(text: str, rng: Random, *, places: int = 1) -> str:
    """Replace this many letters by others."""
    letters = list(text)
    for place in rng.sample([i for i, letter in enumerate(text) if letter != " "], places):
        letters[place] = rng.choice([letter for letter in _LETTERS if letter != letters[place].lower()])
    return "".join(letters)


def leave_out(text: str, rng: Random) -> str:
    """Leave a letter out; not one of a pair, which would read like a pair left single."""
    place = rng.randrange(len(text))
    return text[:place] + text[place + 1 :]


def double(text: str, rng: Random) -> str:
    """Paint a letter twice."""
    place = rng.randrange(len(text))
    return text[:place] + text[place] + text[place:]


def swap(text: str, rng: Random) -> str:
    """Swap two neighbours that differ."""
    place = rng.choice([i for i in range(len(text) - 1) if text[i] != text[i + 1]])
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


EDITS: Final[dict[str, Edit]] = {
    "replaced": substitute,
    "left out": leave_out,
    "doubled": double,
    "swapped": swap,
}

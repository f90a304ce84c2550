"""A little English: articles, plurals, numbers and lists. Enough for the words of our own grammars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_IRREGULAR: Final = {
    "person": "people",
    "child": "children",
    "foot": "feet",
    "tooth": "teeth",
    "sheep": "sheep",
}


def article(words: str) -> str:
    """Put the indefinite article before words.

    >>> article("orange bus"), article("blue bus")
    ('an orange bus', 'a blue bus')
    """
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def plural(noun: str) -> str:
    """Return a noun's plural; only its last word changes.

    >>> [plural(noun) for noun in ("park bench", "baby", "woman", "toy", "tooth")]
    ['park benches', 'babies', 'women', 'toys', 'teeth']
    """
    *before, last = noun.split(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith("man"):
        last = f"{last[:-3]}men"
    elif last.endswith(("s", "x", "ch", "sh")):
        last = f"{last}es"
    elif last.endswith("y") and last[-2] not in "aeiou":
        last = f"{last[:-1]}ies"
    else:
        last = f"{last}s"
    return " ".join([*before, last])


def listed(parts: Sequence[str]) -> str:
    """Join parts as a sentence does.

    >>> listed(["a", "b", "c"]), listed(["a", "b"])
    ('a, b and c', 'a and b')
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def sentence(words: str) -> str:
    """Begin with a capital and end with a full stop.

    >>> sentence("a dog sleeps")
    'A dog sleeps.'
    """
    return f"{words[0].upper()}{words[1:]}."

"""The texts that vectors and postings are made from, and their digests. Plain Python."""

import hashlib
import re
import unicodedata

WORDS = re.compile(r"[^\W_]+")
# Stands between two texts of which one digest is made; PostgreSQL makes the same one.
DIGEST_SEPARATOR = "\x1f"


def normalised(text: str) -> str:
    """Return a text as names and intents are compared: words and digits in lower case, one space apart.

    >>> normalised("  FLUX.1 [schnell]: Größe")
    'flux 1 schnell grosse'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(WORDS.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))


def trigrams(text: str) -> frozenset[str]:
    """Return the letter trigrams of a normalised text, with its ends marked and its spaces dropped.

    Without spaces "sd xl" and "sdxl" are the same name.

    >>> sorted(trigrams("sd xl"))
    [' sd', 'dxl', 'sdx', 'xl ']
    """
    padded = f" {text.replace(' ', '')} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def edit_distance(first: str, second: str) -> int:
    """Return how many letters to insert, drop, replace or swap with their neighbour (Damerau's distance).

    >>> edit_distance("sdnext", "sdnxet"), edit_distance("schnell", "shnel")
    (1, 2)
    """
    before, above = [0] * (len(second) + 1), list(range(len(second) + 1))
    for row, letter in enumerate(first, start=1):
        current = [row]
        for column, other in enumerate(second, start=1):
            cost = min(above[column] + 1, current[-1] + 1, above[column - 1] + (letter != other))
            swapped = row > 1 and column > 1 and (letter, first[row - 2]) == (second[column - 2], other)
            current.append(min(cost, before[column - 2] + 1) if swapped else cost)
        before, above = above, current
    return above[-1]


def digest_of(*texts: str) -> str:
    """Return the SHA-256 of texts in order; ``digest_of("ab")`` is not ``digest_of("a", "b")``."""
    return hashlib.sha256(DIGEST_SEPARATOR.join(texts).encode()).hexdigest()


def capability_text(name: str, description: str) -> str:
    """Return the text that a capability's vector is made from."""
    return f"{name}. {description}"

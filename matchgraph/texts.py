"""The texts that vectors and postings are made from, and their digests. Plain Python."""

import hashlib
import re
import unicodedata

WORDS = re.compile(r"[^\W_]+")


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


def digest_of(*texts: str) -> str:
    """Return the SHA-256 of texts in order; ``digest_of("ab")`` is not ``digest_of("a", "b")``."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()


def capability_text(name: str, description: str) -> str:
    """Return the text that a capability's vector is made from."""
    return f"{name}. {description}"

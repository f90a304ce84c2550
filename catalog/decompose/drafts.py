"""Draft capabilities and the rules that every one of them must keep. Plain Python: no database here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.vocabulary import Confidence, Modality

MAX_DRAFTS = 16
MAX_CARD_CHARS = 60_000
MIN_QUOTE_WORDS = 2
# Who wrote drafts that no model wrote.
EXTRACTOR_AUTHOR = "extractor"
MANIFEST_AUTHOR = "its maker's manifest"


@dataclass(frozen=True)
class Draft:
    """One capability that a text seems to state; ``quote`` is the passage that supports it, word for word."""

    name: str
    description: str
    quote: str
    confidence: Confidence
    inputs: tuple[Modality, ...] = ()
    outputs: tuple[Modality, ...] = ()
    intents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drafts:
    """What came of one text: the drafts, who wrote them, and what was left out, with the reason."""

    drafts: tuple[Draft, ...]
    author: str
    left_out: tuple[str, ...] = ()


def is_quoted(quote: str, card: str) -> bool:
    """Tell whether a passage stands in the text, whatever its spaces, case and emphasis marks.

    >>> is_quoted("draws  two PEOPLE", "It **draws** two people.")
    True
    >>> is_quoted("draws ten people", "It draws two people.")
    False
    """
    return _plain(quote) in _plain(card)


def supported(drafts: Iterable[Draft], card: str) -> tuple[tuple[Draft, ...], tuple[str, ...]]:
    """Return the drafts whose quotes stand in ``card``, one per name, and why others were left out."""
    kept: dict[str, Draft] = {}
    left_out = []
    for draft in drafts:
        key = draft.name.casefold()
        if len(draft.quote.split()) < MIN_QUOTE_WORDS or not is_quoted(draft.quote, card):
            left_out.append(f"{draft.name}: its quote does not stand in the text")
        elif key in kept:
            left_out.append(f"{draft.name}: stated twice")
        elif len(kept) == MAX_DRAFTS:
            left_out.append(f"{draft.name}: more than {MAX_DRAFTS}")
        else:
            kept[key] = draft
    return tuple(kept.values()), tuple(left_out)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[-*_`#>]+", " ", text).casefold().split()).replace(" .", ".").replace(" ,", ",")

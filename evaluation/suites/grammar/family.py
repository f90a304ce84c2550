"""A family of prompts: one pattern, drawn several times; families are what intervals are made over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from evaluation.bundled.vocabulary import INKS
from evaluation.suites.spec import PromptSpec

# Colours that are hard to tell apart for a person too never stand on each other.
_SIMILAR: Final[dict[str, frozenset[str]]] = {
    "white": frozenset({"white", "yellow", "pink"}),
    "yellow": frozenset({"white", "yellow", "orange", "pink", "gray"}),
    "pink": frozenset({"pink", "white", "orange", "yellow", "red", "gray"}),
    "blue": frozenset({"blue", "purple", "black", "gray", "green", "brown", "red"}),
    "green": frozenset({"green", "gray", "black", "blue", "purple", "brown", "red", "orange"}),
    "black": frozenset({"black", "brown", "purple", "blue", "green", "red", "gray"}),
    "gray": frozenset({"gray", "green", "brown", "blue", "pink", "orange", "purple", "red"}),
    "red": frozenset({"red", "orange", "pink", "brown", "purple", "gray", "green", "blue", "black"}),
}


@dataclass(frozen=True)
class Family:
    """A named pattern with its stratum, its difficulty from 1 to 5 and its tags."""

    name: str
    stratum: str
    difficulty: int
    draw: Callable[[Random], PromptSpec]
    tags: tuple[str, ...] = ()


def ink_on(surface: str, *, rng: Random, other_than: tuple[str, ...] = ()) -> str:
    """Choose a colour that stands out from ``surface``."""
    banned = _SIMILAR[surface] | set(other_than)
    return rng.choice([ink for ink in (*INKS, "white") if ink not in banned])

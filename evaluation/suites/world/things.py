"""The words for things: what can be said of each without nonsense, read from ``words/things.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

WORDS_DIR: Final = Path(__file__).parent / "words"
_LETTERS: Final = {"c": "colours", "m": "materials", "p": "patterns", "a": "actions"}


@dataclass(frozen=True)
class Noun:
    """A thing in a scene, and what may be asked of it. ``foil`` is what it could be mistaken for."""

    noun: str
    scene: str
    foil: str
    colours: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    portable: bool = False
    support: bool = False
    container: bool = False
    floats: bool = False

    @property
    def is_small(self) -> bool:
        """Whether seven of it fit into one picture without crowding."""
        return self.portable or self.floats or bool(self.actions)

    def allows(self, letters: str) -> bool:
        """Whether all these atoms can be asked of it; see ``structures.py`` for the letters."""
        if "s" in letters and (self.actions or self.floats):
            return False
        return all(getattr(self, _LETTERS[letter]) for letter in letters if letter in _LETTERS)


@dataclass(frozen=True)
class Place:
    """Where scenes of one kind are, and what one would expect to see there."""

    where: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """Everything that prompts about things are made of."""

    nouns: tuple[Noun, ...]
    places: dict[str, Place]
    similar: dict[str, frozenset[str]]
    filler: dict[str, tuple[str, ...]]

    def of_scene(self, scene: str) -> list[Noun]:
        """Return the nouns of one kind of scene."""
        return [noun for noun in self.nouns if noun.scene == scene]

    def find(self, scene: str, noun: str) -> Noun:
        """Return a noun's entry."""
        return next(entry for entry in self.of_scene(scene) if entry.noun == noun)


@lru_cache(maxsize=1)
def words() -> Words:
    """Return the words for things."""
    table = tomllib.loads((WORDS_DIR / "things.toml").read_text(encoding="utf-8"))
    return Words(
        nouns=tuple(_noun(entry, table["palettes"]) for entry in table["things"]),
        places={name: Place(**_tuples(entry)) for name, entry in table["scenes"].items()},
        similar={name: frozenset([name, *others]) for name, others in table["similar"].items()},
        filler=_tuples(table["filler"]),
    )


def _noun(entry: dict[str, Any], palettes: dict[str, list[str]]) -> Noun:
    colours = entry.get("colours", [])
    return Noun(
        **_tuples(entry | {"colours": palettes.get(colours, []) if isinstance(colours, str) else colours})
    )


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}

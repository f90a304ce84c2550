"""A family of prompts about the world: one pattern, drawn several times, with its questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from evaluation.suites.asked import Question
from evaluation.suites.spec import PromptSpec
from evaluation.suites.world.ask import foil_ask, wording
from evaluation.suites.world.atoms import Value, atoms_of, with_atom
from evaluation.suites.world.scene import World

_KEYS: Final = {"noun": "object", "predicate": "relation"}


@dataclass(frozen=True)
class Draft:
    """A scene, the prompt's words for it, and for every atom the values of its foils."""

    world: World
    text: str
    foils: Mapping[str, Sequence[Value]]
    tags: tuple[str, ...] = ()

    def spec(self) -> PromptSpec:
        """Return the scene with its questions written down."""
        questions = tuple(_question(self.world, path, self.foils[path]) for path in atoms_of(self.world))
        return PromptSpec(world=self.world, stated_questions=questions)


@dataclass(frozen=True)
class WorldFamily:
    """A named pattern with its stratum, its difficulty from 1 to 5 and how many prompts it has."""

    name: str
    stratum: str
    difficulty: int
    n_prompts: int
    draw: Callable[[Random], Draft]


def _question(world: World, path: str, values: Sequence[Value]) -> Question:
    said = wording(world, path)
    return Question(
        key=_key(world, path),
        skill=said.skill,
        words=said.words,
        parent=_parent(world, path),
        ask=said.ask,
        foil_asks=tuple(foil_ask(world, path, with_atom(world, path, value)) for value in values),
        foil_values=tuple(values),
        atom=path,
    )


def _key(world: World, path: str) -> str:
    """Return a short name of the atom.

    >>> _key(World.from_dict({"things": [{"noun": "mug"}]}), "things.0.noun")
    'object-0'
    """
    group, *steps = path.split(".")
    if group == "surface":
        return group
    if group == "absent":
        return f"absence-{steps[0]}"
    if group == "regions":
        return f"text-{steps[0]}"
    if steps[1] == "parts":
        return f"{world.things[int(steps[0])].parts[int(steps[2])].noun}-{steps[0]}"
    return f"{_KEYS.get(steps[1], steps[1])}-{steps[0]}"


def _parent(world: World, path: str) -> str | None:
    group, *steps = path.split(".")
    if group == "relations":
        return f"object-{world.relations[int(steps[0])].subject}"
    if group == "regions":
        return "surface" if world.surface else None
    if group == "things" and steps[1] != "noun":
        return f"object-{steps[0]}"
    return None

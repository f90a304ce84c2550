"""The atoms of a scene: every single value that a prompt asks for, by its path."""

from __future__ import annotations

from typing import Any, TypeAlias

from evaluation.suites.world.scene import World

Value: TypeAlias = str | int | None

_OF_A_THING = ("noun", "count", "size", "colour", "pattern", "material", "action", "gesture")


def atoms_of(world: World) -> dict[str, Value]:
    """Return every asked value by its path, parents first. Style and setting are not asked for.

    >>> atoms_of(World.from_dict({"things": [{"noun": "mug", "colour": "blue"}]}))
    {'things.0.noun': 'mug', 'things.0.colour': 'blue'}
    """
    atoms: dict[str, Value] = {}
    if world.surface:
        atoms["surface"] = world.surface
    for i, thing in enumerate(world.things):
        for field in _OF_A_THING:
            if (value := getattr(thing, field)) is not None:
                atoms[f"things.{i}.{field}"] = value
        for j, part in enumerate(thing.parts):
            atoms[f"things.{i}.parts.{j}.count"] = part.count
    for i, relation in enumerate(world.relations):
        atoms[f"relations.{i}.predicate"] = relation.predicate
    for i, noun in enumerate(world.absent):
        atoms[f"absent.{i}"] = noun
    for i, region in enumerate(world.regions):
        atoms[f"regions.{i}.text"] = region.text
    return atoms


def with_atom(world: World, path: str, value: Value) -> World:
    """Return the scene with one atom changed; None takes an absence back.

    Raises:
        SceneError: where the changed scene is impossible.
    """
    spec: Any = world.to_dict()
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    holder = spec
    for step in steps:
        holder = holder[step]
    if value is None:
        del holder[last]
    else:
        holder[last] = value
    return World.from_dict(spec)

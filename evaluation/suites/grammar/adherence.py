"""Prompts for adherence: colour, number, shape, size, background, relation and absence."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from evaluation.bundled.specs import ObjectGroup, Relation, Scene
from evaluation.bundled.vocabulary import SHAPES
from evaluation.suites.grammar.family import Family, ink_on
from evaluation.suites.spec import PromptSpec

Draw = Callable[[Random], PromptSpec]
_FAR_COLOURS: Final = ("red", "yellow", "green", "blue", "purple", "black", "orange", "pink")


def _groups(rng: Random, counts: tuple[int, ...], *, size: str | None = None) -> tuple[ObjectGroup, ...]:
    shapes = rng.sample(SHAPES, len(counts))
    colours = rng.sample(_FAR_COLOURS, len(counts))
    triples = zip(shapes, colours, counts, strict=True)
    return tuple(ObjectGroup(shape, colour, count, size) for shape, colour, count in triples)


def _objects(*counts: int, size: str | None = None) -> Draw:
    return lambda rng: PromptSpec(Scene(objects=_groups(rng, counts, size=size)))


def _rare_colour(rng: Random) -> PromptSpec:
    colour = rng.choice(("brown", "gray", "orange", "pink"))
    return PromptSpec(Scene(objects=(ObjectGroup(rng.choice(SHAPES), colour),)))


def _on_background(count: int) -> Draw:
    def draw(rng: Random) -> PromptSpec:
        background = rng.choice(("yellow", "blue", "black", "pink", "gray"))
        group = ObjectGroup(rng.choice(SHAPES), ink_on(background, rng=rng), count)
        return PromptSpec(Scene(background=background, objects=(group,)))

    return draw


def _related(predicate: str) -> Draw:
    return lambda rng: PromptSpec(Scene(objects=_groups(rng, (1, 1)), relation=Relation(0, predicate, 1)))


def _without(*counts: int) -> Draw:
    def draw(rng: Random) -> PromptSpec:
        groups = _groups(rng, counts)
        left = [shape for shape in SHAPES if shape not in {group.shape for group in groups}]
        return PromptSpec(Scene(objects=groups), (rng.choice(left),))

    return draw


ADHERENCE_FAMILIES: Final = (
    Family("one-object", "one object", 1, _objects(1), ("colour", "shape")),
    Family("one-object-rare-colour", "one object", 2, _rare_colour, ("colour", "shape")),
    Family("count-2", "count", 1, _objects(2), ("count", "colour")),
    Family("count-3", "count", 2, _objects(3), ("count", "colour")),
    Family("count-4", "count", 3, _objects(4), ("count", "colour")),
    Family("count-5", "count", 3, _objects(5), ("count", "colour")),
    Family("size-small", "size", 2, _objects(1, size="small"), ("size", "colour")),
    Family("size-large", "size", 2, _objects(1, size="large"), ("size", "colour")),
    Family("background-1", "background", 2, _on_background(1), ("background", "colour")),
    Family("background-3", "background", 3, _on_background(3), ("background", "count", "colour")),
    Family("two-objects", "two objects", 3, _objects(1, 1), ("colour", "binding")),
    Family("two-objects-2-1", "two objects", 4, _objects(2, 1), ("count", "colour", "binding")),
    Family("two-objects-3-2", "two objects", 5, _objects(3, 2), ("count", "colour", "binding")),
    Family("relation-left", "relation", 3, _related("left of"), ("relation", "binding")),
    Family("relation-right", "relation", 3, _related("right of"), ("relation", "binding")),
    Family("relation-above", "relation", 3, _related("above"), ("relation", "binding")),
    Family("relation-below", "relation", 3, _related("below"), ("relation", "binding")),
    Family("absence-1", "absence", 4, _without(1), ("absence", "colour")),
    Family("absence-2", "absence", 4, _without(2), ("absence", "count", "colour")),
    Family("three-objects", "three objects", 5, _objects(1, 1, 1), ("colour", "binding")),
)

"""Foils: a scene with exactly one attribute changed, for hard negatives and for measuring readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

import numpy as np

from evaluation.bundled.specs import Scene, SceneError
from evaluation.bundled.vocabulary import INKS, POSES, SHAPES

T = TypeVar("T")
Change = Callable[[Scene, np.random.Generator], Scene]
_OPPOSITES: Final = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
_LETTERS: Final = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def foil(scene: Scene, *, attribute: str, rng: np.random.Generator) -> Scene:
    """The scene with another value of one attribute, which must be among `attributes(scene)`."""
    if attribute not in attributes(scene):
        raise SceneError(f"the scene has no {attribute} to change")
    return _CHANGES[attribute](scene, rng)


def attributes(scene: Scene) -> tuple[str, ...]:
    """What can be changed about a scene, by name.

    >>> from evaluation.bundled.specs import Figure
    >>> attributes(Scene(figures=(Figure("hand", fingers=3),)))
    ('fingers',)
    """
    found = []
    if scene.objects:
        found += ["colour", "shape", "relation" if scene.relation else "count"]
    if scene.texts:
        found += ["colour", "word"]
    for figure in scene.figures:
        found += ["fingers"] if figure.kind == "hand" else ["people", "pose"] if figure.pose else ["people"]
    return tuple(dict.fromkeys(found))


def _other(rng: np.random.Generator, choices: tuple[T, ...], *taken: object) -> T:
    left = [choice for choice in choices if choice not in taken]
    return left[int(rng.integers(len(left)))]


def _colour(scene: Scene, rng: np.random.Generator) -> Scene:
    if scene.texts:
        text = scene.texts[0]
        colour = _other(rng, INKS, text.colour, text.board or scene.background)
        return replace(scene, texts=(replace(text, colour=colour), *scene.texts[1:]))
    group = scene.objects[0]
    colour = _other(rng, INKS, scene.background, *(each.colour for each in scene.objects))
    return replace(scene, objects=(replace(group, colour=colour), *scene.objects[1:]))


def _shape(scene: Scene, rng: np.random.Generator) -> Scene:
    shape = _other(rng, SHAPES, *(each.shape for each in scene.objects))
    return replace(scene, objects=(replace(scene.objects[0], shape=shape), *scene.objects[1:]))


def _count(scene: Scene, rng: np.random.Generator) -> Scene:
    count = _other(rng, (1, 2, 3, 4, 5), scene.objects[0].count)
    return replace(scene, objects=(replace(scene.objects[0], count=count), *scene.objects[1:]))


def _relation(scene: Scene, _rng: np.random.Generator) -> Scene:
    if scene.relation is None:
        raise SceneError("the scene has no relation to change")
    return replace(scene, relation=replace(scene.relation, predicate=_OPPOSITES[scene.relation.predicate]))


def _word(scene: Scene, rng: np.random.Generator) -> Scene:
    """Another word of the same length that differs in one letter or two."""
    text = scene.texts[0]
    letters = list(text.text)
    changes = min(len(letters), int(rng.integers(1, 3)))
    for place in rng.choice(len(letters), size=changes, replace=False):
        letters[place] = _other(rng, _LETTERS, letters[place])
    return replace(scene, texts=(replace(text, text="".join(letters)), *scene.texts[1:]))


def _fingers(scene: Scene, rng: np.random.Generator) -> Scene:
    hand = scene.figures[0]
    fingers = _other(rng, (1, 2, 3, 4, 5), hand.fingers)
    return replace(scene, figures=(replace(hand, fingers=fingers), *scene.figures[1:]))


def _people(scene: Scene, rng: np.random.Generator) -> Scene:
    people = scene.figures[0]
    count = _other(rng, (1, 2, 3), people.count)
    return replace(scene, figures=(replace(people, count=count), *scene.figures[1:]))


def _pose(scene: Scene, rng: np.random.Generator) -> Scene:
    people = scene.figures[0]
    pose = _other(rng, POSES, people.pose or "")
    return replace(scene, figures=(replace(people, pose=pose), *scene.figures[1:]))


_CHANGES: Final[dict[str, Change]] = {
    "colour": _colour,
    "shape": _shape,
    "count": _count,
    "relation": _relation,
    "word": _word,
    "fingers": _fingers,
    "people": _people,
    "pose": _pose,
}
ATTRIBUTES: Final = tuple(_CHANGES)

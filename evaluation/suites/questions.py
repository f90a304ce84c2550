"""The questions that follow from a scene: one per thing asked for, each with its true and false captions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from evaluation.bundled.captions import caption
from evaluation.bundled.specs import ObjectGroup, Scene
from evaluation.bundled.vocabulary import BACKGROUNDS, INKS, NUMBERS, SHAPES, SIZES
from evaluation.suites.spec import PromptSpec

OPPOSITE: Final = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
_MOST: Final = 5


@dataclass(frozen=True)
class Question:
    """One thing asked for. ``foils`` are the prompt with this one thing changed; ``group`` is an object's place.

    A question whose ``parent`` fails (its shape is not there) has failed too.
    """

    key: str
    skill: str
    words: str
    group: int | None = None
    parent: str | None = None
    foils: tuple[str, ...] = ()


def questions(spec: PromptSpec) -> list[Question]:
    """Return the scene's questions in reading order.

    >>> spec = PromptSpec.from_dict({"objects": [{"shape": "star", "colour": "red", "count": 2}]})
    >>> [question.words for question in questions(spec)]
    ['there is a star', 'every star is red', 'there are two stars']
    """
    found = [
        question
        for place in range(len(spec.scene.objects))
        for question in _group_questions(spec.scene, place)
    ]
    found += _scene_questions(spec.scene)
    return found + [Question(f"absence-{shape}", "absence", f"there is no {shape}") for shape in spec.absent]


def _group_questions(scene: Scene, place: int) -> Iterator[Question]:
    group = scene.objects[place]
    shape, parent = group.shape, f"shape-{place}"
    used = {other.shape for other in scene.objects}

    def foils(changes: Sequence[dict[str, Any]]) -> tuple[str, ...]:
        return tuple(caption(_changed(scene, place, change)) for change in changes)

    other_shapes = [{"shape": name} for name in SHAPES if name not in used]
    yield Question(parent, "shape", f"there is {_article(shape)}", place, foils=foils(other_shapes))
    taken = {other.colour for other in scene.objects} | {scene.background}
    colours = [{"colour": name} for name in INKS if name not in taken]
    yield Question(
        f"colour-{place}", "colour", f"every {shape} is {group.colour}", place, parent, foils(colours)
    )
    counts = [{"count": n} for n in (group.count - 1, group.count + 1) if 1 <= n <= _MOST]
    number = "is one" if group.count == 1 else f"are {NUMBERS[group.count]}"
    noun = shape if group.count == 1 else f"{shape}s"
    yield Question(f"count-{place}", "count", f"there {number} {noun}", place, parent, foils(counts))
    if group.size:
        sizes = [{"size": name} for name in SIZES if name != group.size]
        yield Question(f"size-{place}", "size", f"the {shape} is {group.size}", place, parent, foils(sizes))


def _scene_questions(scene: Scene) -> Iterator[Question]:
    if scene.background != "white":
        banned = {scene.background, *(group.colour for group in scene.objects)}
        others = tuple(
            caption(replace(scene, background=n)) for n in ("white", *BACKGROUNDS) if n not in banned
        )
        yield Question("background", "background", f"the background is {scene.background}", foils=others)
    if scene.relation:
        subject, other = (scene.objects[i].shape for i in (scene.relation.subject, scene.relation.object))
        flipped = replace(scene.relation, predicate=OPPOSITE[scene.relation.predicate])
        words = f"the {subject} is {scene.relation.predicate} the {other}"
        yield Question("relation", "relation", words, foils=(caption(replace(scene, relation=flipped)),))


def _changed(scene: Scene, place: int, change: dict[str, Any]) -> Scene:
    groups: list[ObjectGroup] = list(scene.objects)
    groups[place] = replace(groups[place], **change)
    return replace(scene, objects=tuple(groups))


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"

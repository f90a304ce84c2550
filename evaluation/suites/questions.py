"""The questions of a prompt, one per thing asked for, each in true and in false form.

Those of a drawing follow from it here; those of the world were written down beside their scene by the
grammar, so that no later change of the grammar's words changes what a loaded suite asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from evaluation.bundled.captions import caption
from evaluation.bundled.specs import ObjectGroup, Scene
from evaluation.bundled.vocabulary import BACKGROUNDS, INKS, NUMBERS, SHAPES, SIZES
from evaluation.suites.asked import Question
from evaluation.suites.spec import PromptSpec

OPPOSITE: Final = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
_MOST: Final = 5


def questions(spec: PromptSpec) -> list[Question]:
    """Return the prompt's questions; a question comes after its parent.

    >>> spec = PromptSpec.from_dict({"objects": [{"shape": "star", "colour": "red", "count": 2}]})
    >>> [question.words for question in questions(spec)]
    ['there is a star', 'every star is red', 'there are two stars']
    """
    if spec.world:
        return list(spec.stated_questions)
    found = [
        question
        for place in range(len(spec.scene.objects))
        for question in _group_questions(spec.scene, place)
    ]
    found += _scene_questions(spec.scene)
    return found + [_absence(shape) for shape in spec.absent]


def _absence(shape: str) -> Question:
    return Question(
        f"absence-{shape}",
        "absence",
        f"there is no {shape}",
        ask=f"Is the picture free of {shape}s?",
        foil_asks=(f"Is there {_article(shape)} in the picture?",),
    )


def _group_questions(scene: Scene, place: int) -> Iterator[Question]:
    group = scene.objects[place]
    shape, parent = group.shape, f"shape-{place}"
    noun = shape if group.count == 1 else f"{shape}s"

    def foils(field: str, values: Sequence[Any]) -> tuple[str, ...]:
        return tuple(caption(_changed(scene, place, {field: value})) for value in values)

    used = {other.shape for other in scene.objects}
    others = [name for name in SHAPES if name not in used]
    yield Question(
        *(parent, "shape", f"there is {_article(shape)}", place),
        foils=foils("shape", others),
        ask=f"Is there {_article(shape)}?",
        foil_asks=tuple(f"Is there {_article(name)}?" for name in others),
    )
    taken = {other.colour for other in scene.objects} | {scene.background}
    colours = [name for name in INKS if name not in taken]
    yield Question(
        *(f"colour-{place}", "colour", f"every {shape} is {group.colour}", place, parent),
        foils=foils("colour", colours),
        ask=f"Is every {shape} {group.colour}?",
        foil_asks=tuple(f"Is every {shape} {name}?" for name in colours),
    )
    counts = [n for n in (group.count - 1, group.count + 1) if 1 <= n <= _MOST]
    number = "is one" if group.count == 1 else f"are {NUMBERS[group.count]}"
    yield Question(
        *(f"count-{place}", "count", f"there {number} {noun}", place, parent),
        foils=foils("count", counts),
        ask=_how_many(shape, group.count),
        foil_asks=tuple(_how_many(shape, n) for n in counts),
    )
    if group.size:
        sizes = [name for name in SIZES if name != group.size]
        yield Question(
            *(f"size-{place}", "size", f"the {shape} is {group.size}", place, parent),
            foils=foils("size", sizes),
            ask=f"Is the {shape} {group.size}?",
            foil_asks=tuple(f"Is the {shape} {name}?" for name in sizes),
        )


def _how_many(shape: str, count: int) -> str:
    """Ask for a number of shapes.

    >>> _how_many("star", 1), _how_many("star", 2)
    ('Is there exactly one star?', 'Are there exactly two stars?')
    """
    return f"Is there exactly one {shape}?" if count == 1 else f"Are there exactly {NUMBERS[count]} {shape}s?"


def _scene_questions(scene: Scene) -> Iterator[Question]:
    if scene.background != "white":
        banned = {scene.background, *(group.colour for group in scene.objects)}
        others = [name for name in ("white", *BACKGROUNDS) if name not in banned]
        yield Question(
            *("background", "background", f"the background is {scene.background}"),
            foils=tuple(caption(replace(scene, background=name)) for name in others),
            ask=f"Is the background {scene.background}?",
            foil_asks=tuple(f"Is the background {name}?" for name in others),
        )
    if scene.relation:
        subject, other = (scene.objects[i].shape for i in (scene.relation.subject, scene.relation.object))
        predicate = scene.relation.predicate
        flipped = replace(scene.relation, predicate=OPPOSITE[predicate])
        yield Question(
            *("relation", "relation", f"the {subject} is {predicate} the {other}"),
            foils=(caption(replace(scene, relation=flipped)),),
            ask=f"Is the {subject} {predicate} the {other}?",
            foil_asks=(f"Is the {subject} {OPPOSITE[predicate]} the {other}?",),
        )


def _changed(scene: Scene, place: int, change: dict[str, Any]) -> Scene:
    groups: list[ObjectGroup] = list(scene.objects)
    groups[place] = replace(groups[place], **change)
    return replace(scene, objects=tuple(groups))


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"

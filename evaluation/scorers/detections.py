"""The second opinion on scenes of the world: boxes that a detector found, their number, place and colour.

It answers what boxes can show (objects, counts, colours, places in the plane, absence) and leaves the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from evaluation.suites.asked import Question
from evaluation.suites.questions import questions
from evaluation.suites.spec import PromptSpec
from evaluation.suites.world.scene import Relation, Thing, World

_LEAST_SHIFT: Final = 0.05
# The sign of each direction along x or y.
_DIRECTIONS: Final = {
    "to the left of": (0, -1),
    "left of": (0, -1),
    "to the right of": (0, 1),
    "right of": (0, 1),
    "above": (1, -1),
    "below": (1, 1),
}


def credits_by_detection(spec: PromptSpec, seen: dict[str, Any]) -> dict[str, float]:
    """Return 1 or 0 for every question that boxes answer, by its key; nothing where no detector looked."""
    boxes: list[dict[str, Any]] | None = seen["boxes"]
    if spec.world is None or boxes is None:
        return {}
    answers = {question.key: _answer(question, spec.world, boxes) for question in questions(spec)}
    return {key: float(answer) for key, answer in answers.items() if answer is not None}


def _answer(question: Question, world: World, boxes: Sequence[dict[str, Any]]) -> bool | None:
    group, *steps = question.atom.split(".")
    if group == "absent":
        return not _of(boxes, world.absent[int(steps[0])])
    if group == "relations":
        return _relation(world.relations[int(steps[0])], world, boxes)
    if group == "things":
        return _of_thing(world.things[int(steps[0])], steps[1], boxes)
    return None


def _of_thing(thing: Thing, field: str, boxes: Sequence[dict[str, Any]]) -> bool | None:
    mine = _of(boxes, thing.noun)
    if field == "noun":
        return bool(mine)
    if field == "count":
        return len(mine) == thing.count
    # Of a patterned thing no single colour is asked for.
    if field == "colour" and thing.pattern is None:
        return bool(mine) and all(box["colour"] == thing.colour for box in mine)
    return None


def _relation(relation: Relation, world: World, boxes: Sequence[dict[str, Any]]) -> bool | None:
    direction = _DIRECTIONS.get(relation.predicate)
    if direction is None:
        return None
    subjects = _of(boxes, world.things[relation.subject].noun)
    others = _of(boxes, world.things[relation.object].noun)
    if not subjects or not others:
        return False
    axis, sign = direction
    shifts = [sign * (_centre(a, axis) - _centre(b, axis)) for a in subjects for b in others]
    return min(shifts) >= _LEAST_SHIFT


def _of(boxes: Sequence[dict[str, Any]], noun: str) -> list[dict[str, Any]]:
    return [box for box in boxes if box["noun"] == noun]


def _centre(box: dict[str, Any], axis: int) -> float:
    return (float(box["box"][axis]) + float(box["box"][axis + 2])) / 2

"""Answers from geometry: what components, outlines and Lab colours of a drawing say to its questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from evaluation.bundled.specs import ObjectGroup, Relation
from evaluation.scorers.answers import Answer, with_parents
from evaluation.suites.asked import Question
from evaluation.suites.questions import OPPOSITE, questions
from evaluation.suites.spec import PromptSpec

# Longer side of the shape's box, as a share of the picture.
_LARGEST_SMALL: Final = 0.37
_SMALLEST_LARGE: Final = 0.45
_LEAST_SHIFT: Final = 0.1
_MOST_SKEW: Final = 1.5


def answer_by_geometry(spec: PromptSpec, seen: dict[str, Any]) -> list[Answer]:
    """Answer every question from the shapes seen; a question whose parent failed has failed."""
    return with_parents(_answer(question, spec, seen) for question in questions(spec))


def _answer(question: Question, spec: PromptSpec, seen: dict[str, Any]) -> Answer:
    shapes: list[dict[str, Any]] = seen["shapes"]
    if question.skill == "background":
        is_right = seen["background"] == spec.scene.background
        return Answer(question, float(is_right), f"the background is {seen['background']}")
    if question.skill == "absence":
        unwanted = _of(shapes, question.key.removeprefix("absence-"))
        return Answer(question, float(not unwanted), f"{len(unwanted)} of them", _boxes(unwanted))
    if question.skill == "relation" and spec.scene.relation:
        return _relation(question, spec.scene.relation, spec.scene.objects, shapes)
    group = spec.scene.objects[question.group or 0]
    return _of_group(question, group, _of(shapes, group.shape))


def _of_group(question: Question, group: ObjectGroup, mine: list[dict[str, Any]]) -> Answer:
    if question.skill == "colour":
        colours = sorted({shape["colour"] for shape in mine})
        is_right, saw = colours == [group.colour], f"{' and '.join(colours)}"
    elif question.skill == "count":
        is_right, saw = len(mine) == group.count, f"{len(mine)} of them"
    elif question.skill == "size":
        side = max((max(x1 - x0, y1 - y0) for x0, y0, x1, y1 in _boxes(mine)), default=0.0)
        is_right = side <= _LARGEST_SMALL if group.size == "small" else side >= _SMALLEST_LARGE
        saw = f"{side:.0%} of the picture wide"
    else:
        is_right, saw = bool(mine), "none" if not mine else f"{len(mine)} of them"
    return Answer(question, float(is_right), saw, _boxes(mine))


def _relation(
    question: Question, relation: Relation, groups: Sequence[ObjectGroup], shapes: list[dict[str, Any]]
) -> Answer:
    subjects, others = (_of(shapes, groups[place].shape) for place in (relation.subject, relation.object))
    if len(subjects) != 1 or len(others) != 1:
        return Answer(question, 0.0, "not exactly one of each", _boxes(subjects + others))
    (sx, sy), (ox, oy) = (_centre(shape["box"]) for shape in (subjects[0], others[0]))
    along, across = (
        (ox - sx, oy - sy) if relation.predicate in ("left of", "right of") else (oy - sy, ox - sx)
    )
    if relation.predicate in ("right of", "below"):
        along = -along
    is_right = along >= _LEAST_SHIFT and abs(across) <= _MOST_SKEW * along
    saw = (
        f"it {along:.0%} that way and {abs(across):.0%} across" if along > 0 else OPPOSITE[relation.predicate]
    )
    return Answer(question, float(is_right), saw, _boxes(subjects + others))


def _of(shapes: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [shape for shape in shapes if shape["shape"] == name]


def _boxes(shapes: list[dict[str, Any]]) -> tuple[list[float], ...]:
    return tuple(shape["box"] for shape in shapes)


def _centre(box: Sequence[float]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2

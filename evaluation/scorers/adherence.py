"""Does the picture show everything that was asked for? One question per thing, answered from geometry.

An image-text model gives a second opinion on the questions that have foils. It does not vote: its
agreement with geometry is a metric of its own, so that readers see where the channels differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from evaluation.bundled.specs import ObjectGroup, Relation
from evaluation.scorers.base import Observations, Value
from evaluation.suites.asked import Question
from evaluation.suites.questions import OPPOSITE, questions
from evaluation.suites.spec import PromptSpec

VERSION: Final = "1"
EVEN: Final = 0.5
# Longer side of the shape's box, as a share of the picture.
_LARGEST_SMALL: Final = 0.37
_SMALLEST_LARGE: Final = 0.45
_LEAST_SHIFT: Final = 0.1
_MOST_SKEW: Final = 1.5


@dataclass(frozen=True)
class Answer:
    """What a channel says to a question: a credit between 0 and 1, and what it saw."""

    question: Question
    credit: float
    saw: str
    boxes: tuple[list[float], ...] = ()
    is_inherited: bool = False

    @property
    def is_yes(self) -> bool:
        """Whether the thing counts as shown."""
        return self.credit > EVEN


def score_adherence(spec: PromptSpec, observations: Observations) -> list[Value]:
    """Return all_correct, adherence (macro mean over skills), one value per skill asked for, and agreement."""
    answers = answer_by_geometry(spec, observations["shapes"])
    second = {answer["question"]: float(answer["share"]) for answer in observations["clip"]["answers"]}
    reason, evidence = _reason(answers), _evidence(answers, second)
    by_skill = _by_skill(answers)
    values = [
        Value("all_correct", float(all(answer.is_yes for answer in answers)), reason, evidence),
        Value("adherence", fmean(by_skill.values()), reason),
    ]
    values += [Value(f"skill_{skill}", credit, reason) for skill, credit in by_skill.items()]
    return [*values, _agreement(answers, second)]


def metrics_of(spec: PromptSpec) -> tuple[str, ...]:
    """Name the metrics that apply: the two of the whole prompt and one per skill that it asks for."""
    skills = dict.fromkeys(question.skill for question in questions(spec))
    return ("all_correct", "adherence", *(f"skill_{skill}" for skill in skills))


def answer_by_geometry(spec: PromptSpec, seen: dict[str, Any]) -> list[Answer]:
    """Answer every question from the shapes seen; a question whose parent failed has failed."""
    answers: dict[str, Answer] = {}
    for question in questions(spec):
        answer = _answer(question, spec, seen)
        parent = answers.get(question.parent or "")
        if parent is not None and not parent.is_yes:
            answer = Answer(question, 0.0, parent.saw, is_inherited=True)
        answers[question.key] = answer
    return list(answers.values())


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


def _by_skill(answers: Sequence[Answer]) -> dict[str, float]:
    skills: dict[str, list[float]] = {}
    for answer in answers:
        skills.setdefault(answer.question.skill, []).append(answer.credit)
    return {skill: fmean(earned) for skill, earned in skills.items()}


def _reason(answers: Sequence[Answer]) -> str:
    failed = [answer for answer in answers if not answer.is_yes]
    if not failed:
        return f"All {len(answers)} things asked for are there."
    listed = "; ".join(
        f"“{answer.question.words}” (saw {answer.saw})" for answer in failed if not answer.is_inherited
    )
    return f"{len(answers) - len(failed)} of {len(answers)} right. Wrong: {listed}."


def _agreement(answers: Sequence[Answer], second: Mapping[str, float]) -> Value:
    """Share of questions that both channels answer alike; a failed parent's children are not compared."""
    both = [answer for answer in answers if answer.question.key in second and not answer.is_inherited]
    apart = [answer for answer in both if answer.is_yes != (second[answer.question.key] > EVEN)]
    if not apart:
        return Value("channel_agreement", 1.0, f"Both channels agree on all {len(both)} questions.")
    listed = "; ".join(f"“{answer.question.words}”" for answer in apart)
    words = f"The channels differ on {len(apart)} of {len(both)} questions: {listed}."
    return Value("channel_agreement", 1.0 - len(apart) / len(both), words)


def _evidence(answers: Sequence[Answer], second: Mapping[str, float]) -> dict[str, Any]:
    return {
        "answers": [
            {
                "question": answer.question.words,
                "skill": answer.question.skill,
                "credit": answer.credit,
                "saw": answer.saw,
                "second": second.get(answer.question.key),
                "boxes": list(answer.boxes),
            }
            for answer in answers
        ]
    }

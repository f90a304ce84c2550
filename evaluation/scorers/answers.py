"""Answers of a channel to a prompt's questions, and what follows from them: credits, reasons, agreement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from evaluation.scorers.base import Value
from evaluation.suites.asked import Question

EVEN: Final = 0.5


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


def with_parents(answers: Iterable[Answer]) -> list[Answer]:
    """Let every question fail whose parent failed: what is not there has no colour. Parents come first."""
    kept: dict[str, Answer] = {}
    for answer in answers:
        parent = kept.get(answer.question.parent or "")
        if parent is not None and not parent.is_yes:
            kept[answer.question.key] = Answer(answer.question, 0.0, parent.saw, is_inherited=True)
        else:
            kept[answer.question.key] = answer
    return list(kept.values())


def values_of(answers: Sequence[Answer], second: Mapping[str, float]) -> list[Value]:
    """Return all_correct, adherence (macro mean over skills), every skill asked for, and the agreement.

    ``second`` are the credits of the channel that does not vote, by the question's key.
    """
    reason, by_skill = reason_of(answers), _by_skill(answers)
    is_right = all(answer.is_yes for answer in answers)
    return [
        Value("all_correct", float(is_right), reason, evidence_of(answers, second)),
        Value("adherence", fmean(by_skill.values()), reason),
        *(Value(f"skill_{skill}", credit, reason) for skill, credit in by_skill.items()),
        *agreement(answers, second),
    ]


def _by_skill(answers: Sequence[Answer]) -> dict[str, float]:
    skills: dict[str, list[float]] = {}
    for answer in answers:
        skills.setdefault(answer.question.skill, []).append(answer.credit)
    return {skill: fmean(earned) for skill, earned in skills.items()}


def reason_of(answers: Sequence[Answer]) -> str:
    """Say how many answers are right, and of the wrong ones what was seen."""
    failed = [answer for answer in answers if not answer.is_yes]
    if not failed:
        return f"All {len(answers)} things asked for are there."
    listed = "; ".join(
        f"“{answer.question.words}” (saw {answer.saw})" for answer in failed if not answer.is_inherited
    )
    return f"{len(answers) - len(failed)} of {len(answers)} right. Wrong: {listed}."


def agreement(answers: Sequence[Answer], second: Mapping[str, float]) -> list[Value]:
    """Return the share of questions that both channels answer alike, whole and by skill.

    A failed parent's children are not compared. Where the second channel answers nothing, nothing is said.
    """
    both = [answer for answer in answers if answer.question.key in second and not answer.is_inherited]
    if not both:
        return []
    is_alike = {a.question.key: a.is_yes == (second[a.question.key] > EVEN) for a in both}
    apart = [answer for answer in both if not is_alike[answer.question.key]]
    words = f"Both channels agree on all {len(both)} questions."
    if apart:
        listed = "; ".join(f"“{answer.question.words}”" for answer in apart)
        words = f"The channels differ on {len(apart)} of {len(both)} questions: {listed}."
    by_skill: dict[str, list[bool]] = {}
    for answer in both:
        by_skill.setdefault(answer.question.skill, []).append(is_alike[answer.question.key])
    return [
        Value("channel_agreement", fmean(is_alike.values()), words),
        *(Value(f"agreement_{skill}", fmean(alike), words) for skill, alike in by_skill.items()),
    ]


def evidence_of(answers: Sequence[Answer], second: Mapping[str, float]) -> dict[str, Any]:
    """Return every answer with both channels' credits and its boxes, for an overlay."""
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

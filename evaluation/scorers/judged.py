"""Answers from a judge that was asked every question in true and in false form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from evaluation.scorers.answers import Answer, with_parents
from evaluation.suites.asked import Question

# A judge that all but denies the true form gives no credit, whatever it says to the false one: on a
# blank picture both are near 0, and their ratio would be chance.
LEAST_YES: Final = 0.2


def answer_by_judge(asked: Sequence[Question], seen: dict[str, Any]) -> list[Answer]:
    """Answer every question by ``p(true) / (p(true) + p(foil))``; a failed parent's children fail.

    Raises:
        KeyError: where the judge was not asked one of the questions.
    """
    by_key = {answer["question"]: answer for answer in seen["answers"]}
    return with_parents(_answer(question, by_key[question.key]) for question in asked)


def share(p_true: float, p_foils: Sequence[float]) -> float:
    """Return the true form's share of the yes-probability, against the likeliest false form.

    A judge's inclination to agree with whatever it is asked raises both, and cancels.

    >>> share(0.9, [0.1]), share(0.9, [0.2, 0.9]), share(0.05, [0.05])
    (0.9, 0.5, 0.0)
    """
    if p_true < LEAST_YES:
        return 0.0
    return p_true / (p_true + max(p_foils, default=1.0 - p_true))


def _answer(question: Question, answer: dict[str, Any]) -> Answer:
    p_true, p_foils = float(answer["p_true"]), [float(p) for p in answer["p_foils"]]
    saw = f"yes with {p_true:.0%}"
    if p_foils:
        likeliest = max(range(len(p_foils)), key=lambda place: p_foils[place])
        saw += f", and to “{question.foil_asks[likeliest]}” with {p_foils[likeliest]:.0%}"
    return Answer(question, share(p_true, p_foils), saw)

"""Are the hands, people and animals of a scene of the world there, and is each of them whole?

Presence is what was asked for of them apart from their parts: that they are there, how many, what they do.
Integrity is whether each has the parts that it should have. A judge answers both; of hands, the hand
model's count is the second opinion. How sure that model is never counts: it is as sure of a hand with a
finger erased.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from statistics import fmean
from typing import Any, Final

from evaluation.scorers.answers import Answer, agreement, evidence_of, reason_of
from evaluation.scorers.base import Observations, Value
from evaluation.scorers.judged import answer_by_judge
from evaluation.suites.questions import questions
from evaluation.suites.spec import PromptSpec
from evaluation.suites.world.scene import World

VERSION: Final = "1"
READERS: Final = ("judge", "bodies")
METRICS: Final = ("anatomy_pass", "presence", "integrity", "anatomy_score")
_PARTS: Final = "parts"
_HAND: Final = "hand"


def score_bodies(spec: PromptSpec, observations: Observations) -> list[Value]:
    """Return anatomy_pass, presence, integrity and their product, and the agreement about hands.

    Integrity is unscored where nothing asked for is there to be judged, or no parts are asked for; the
    product is then presence alone, so that hiding hands does not pay.
    """
    answers = answer_by_judge(questions(spec), observations["judge"])
    second = _hands_counted(spec, observations["bodies"])
    reason, is_pass = reason_of(answers), all(answer.is_yes for answer in answers)
    presence, integrity = _presence(answers), _integrity(answers)
    unscored = "Nothing asked for is there with parts to be judged."
    return [
        Value("anatomy_pass", float(is_pass), reason, evidence_of(answers, second)),
        Value("presence", presence, reason),
        Value("integrity", integrity, unscored if integrity is None else reason),
        Value("anatomy_score", prod(part for part in (presence, integrity) if part is not None), reason),
        *agreement(answers, second),
    ]


def _presence(answers: Sequence[Answer]) -> float:
    return fmean(answer.credit for answer in answers if answer.question.skill != _PARTS)


def _integrity(answers: Sequence[Answer]) -> float | None:
    parts = [a.credit for a in answers if a.question.skill == _PARTS and not a.is_inherited]
    return fmean(parts) if parts else None


def _hands_counted(spec: PromptSpec, seen: Mapping[str, Any]) -> dict[str, float]:
    """Return what the hand model says to the number of hands, by the question's key."""
    world, n_hands = spec.world or World(), len(seen["hands"])
    said = {}
    for question in questions(spec):
        group, *steps = question.atom.split(".")
        if group == "things" and world.things[int(steps[0])].noun == _HAND:
            if steps[1] == "noun":
                said[question.key] = float(n_hands > 0)
            elif steps[1] == "count":
                said[question.key] = float(n_hands == world.things[int(steps[0])].count)
    return said

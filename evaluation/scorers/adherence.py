"""Does the picture show everything that was asked for? One question per thing, two channels.

Drawings are answered by geometry; an image-text model gives a second opinion on the questions that
have foils. Scenes of the world are answered by a judge, a vision-language model that is asked each
question in true and in false form; an open-vocabulary detector gives the second opinion. The second
channel never votes: its agreement is a metric of its own, whole and by skill.
"""

from __future__ import annotations

from typing import Final

from evaluation.scorers.answers import values_of
from evaluation.scorers.base import Observations, Value
from evaluation.scorers.detections import credits_by_detection
from evaluation.scorers.geometry import answer_by_geometry
from evaluation.scorers.judged import answer_by_judge
from evaluation.suites.questions import questions
from evaluation.suites.spec import PromptSpec

VERSION: Final = "2"
JUDGED_VERSION: Final = "1"
READERS: Final = ("shapes", "clip")
JUDGED_READERS: Final = ("judge", "detector")


def score_adherence(spec: PromptSpec, observations: Observations) -> list[Value]:
    """Score a drawing; the similarity of picture and prompt stands beside it as a canary for drift."""
    answers = answer_by_geometry(spec, observations["shapes"])
    seen = observations["clip"]
    second = {answer["question"]: float(answer["share"]) for answer in seen["answers"]}
    words = f"Similarity of the picture and “{seen['caption']}”, by an image-text model; enters no score."
    canary = Value("clip_similarity", max(0.0, float(seen["similarity"])), words)
    return [*values_of(answers, second), canary]


def score_judged(spec: PromptSpec, observations: Observations) -> list[Value]:
    """Score a picture by its judge, with the detector's second opinion where one is set up."""
    answers = answer_by_judge(questions(spec), observations["judge"])
    return values_of(answers, credits_by_detection(spec, observations["detector"]))


def metrics_of(spec: PromptSpec) -> tuple[str, ...]:
    """Name the metrics that apply: the two of the whole prompt and one per skill that it asks for."""
    skills = dict.fromkeys(question.skill for question in questions(spec))
    return ("all_correct", "adherence", *(f"skill_{skill}" for skill in skills))

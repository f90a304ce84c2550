"""Models of the evaluation, one file per concern."""

from evaluation.models.canary import Canary
from evaluation.models.preference import PreferenceVote
from evaluation.models.recipe import Recipe
from evaluation.models.request import EvaluationRequest
from evaluation.models.run import Run, Sample
from evaluation.models.score import Aggregate, Observation, Score, ScorerReport
from evaluation.models.suite import Prompt, Suite

__all__ = [
    "Aggregate",
    "Canary",
    "EvaluationRequest",
    "Observation",
    "PreferenceVote",
    "Prompt",
    "Recipe",
    "Run",
    "Sample",
    "Score",
    "ScorerReport",
    "Suite",
]

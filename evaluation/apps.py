"""Application configuration."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """The evaluation app."""

    name = "evaluation"

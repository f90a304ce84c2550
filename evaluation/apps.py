"""Application configuration."""

from django.apps import AppConfig

from evaluation import checks

__all__ = ["EvaluationConfig", "checks"]


class EvaluationConfig(AppConfig):
    """The evaluation app; importing its checks registers them."""

    name = "evaluation"

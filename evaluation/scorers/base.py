"""What scorers have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from evaluation.suites.spec import PromptSpec

Observations: TypeAlias = Mapping[str, dict[str, Any]]


@dataclass(frozen=True)
class Metric:
    """A number between 0 and 1 per sample, and how to read it."""

    name: str
    label: str
    is_higher_better: bool = True

    @property
    def worst(self) -> float:
        """What a sample without a picture gets."""
        return 0.0 if self.is_higher_better else 1.0


@dataclass(frozen=True)
class Value:
    """One metric of one sample; no value means that it could not be judged, and ``reason`` says why."""

    metric: str
    value: float | None
    reason: str
    evidence: dict[str, Any] = field(default_factory=dict)


def judges_all(_spec: PromptSpec) -> str:
    """Say that no prompt is beyond a scorer."""
    return ""


Score: TypeAlias = Callable[[PromptSpec, Observations], list[Value]]


@dataclass(frozen=True)
class Scorer:
    """A named, versioned way from observations to values.

    ``metrics_of`` names what a picture of this prompt is judged by, the headline metric first. A scorer
    that does not ``judge_world`` knows drawings alone; a prompt about the world stays unscored under it.
    ``cannot_judge`` says why a prompt is beyond it whatever the picture (nothing where it is not): all of its
    pictures stay unscored then, failed ones too, so that a stratum is not made of failures alone.
    """

    name: str
    version: str
    readers: tuple[str, ...]
    metrics_of: Callable[[PromptSpec], tuple[str, ...]]
    score: Score
    judges_world: bool = False
    cannot_judge: Callable[[PromptSpec], str] = judges_all

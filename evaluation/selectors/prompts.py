"""Prompts and samples as lists of them show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from evaluation.models import Prompt, Sample, Score
from evaluation.selectors.samples import SampleCell, sample_cell


@dataclass(frozen=True)
class PromptView:
    """A prompt as lists show it."""

    key: str
    text: str
    family: str
    stratum: str
    difficulty: int
    tags: tuple[str, ...]


def prompt_view(prompt: Prompt) -> PromptView:
    """Return what lists show of a prompt."""
    return PromptView(
        prompt.key, prompt.text, prompt.family, prompt.stratum, prompt.difficulty, tuple(prompt.tags)
    )


def cells_of(samples: QuerySet[Sample], *, metric: str) -> list[tuple[Sample, SampleCell]]:
    """Return samples with their headline score; of several scorer versions the last one. Two queries."""
    rows = list(samples.order_by("run", "prompt__position", "k"))
    scores = Score.objects.filter(sample__in=[row.pk for row in rows], metric=metric).order_by("id")
    latest = {score.sample_id: score for score in scores}
    return [(row, sample_cell(row, latest.get(row.pk))) for row in rows]

"""Scores stored observations with the present versions of the scorers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.models import Run
from evaluation.selectors.progress import unread
from evaluation.services.score import score_run


@dataclass(frozen=True)
class Rescored:
    """What became of one run; unread pictures wait for a reader's present version."""

    run_id: int
    words: str
    n_scored: int
    n_unread: int


def rescore_runs(scorer: str | None = None) -> Iterator[Rescored]:
    """Score every run (of one scorer, or all) in the present versions, one transaction a run.

    Only observations are read: no picture, no model. A run whose readers have changed is scored as far as
    the observations of their present versions go.
    """
    runs = Run.objects.exclude(state__in=Run.STOPPED).select_related("suite", "recipe__artifact")
    if scorer is not None:
        runs = runs.filter(suite__scorer=scorer)
    for run in runs.order_by("pk"):
        yield Rescored(run.pk, str(run), n_scored=score_run(run.pk), n_unread=unread(run).count())

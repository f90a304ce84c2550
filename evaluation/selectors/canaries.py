"""Which samples are made a second time, and what that showed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, Min, Q, QuerySet

from evaluation.conf import canary_share
from evaluation.models import Canary, Recipe, Run, Sample

# Runners that are ours to repeat. A service would charge again, and few services keep to a seed.
REPEATABLE: Final = (Recipe.Runner.DIFFUSERS, Recipe.Runner.PAINTER)


@dataclass(frozen=True)
class CanaryRecord:
    """How a run's second pictures compare with the first; the worst noise ratio where any differ."""

    n_chosen: int
    n_compared: int
    n_identical: int
    n_near: int
    n_different: int
    n_failed: int
    n_other_worker: int
    worst_psnr_db: float | None
    largest_difference: int | None


def chosen(run: Run) -> QuerySet[Sample]:
    """Return the run's pictures that are made again: those whose key, a SHA-256, is among the lowest.

    So nobody chooses them, and the same samples are chosen on every site.
    """
    return _chosen().filter(run=run)


def uncompared(run: Run) -> QuerySet[Sample]:
    """Return the chosen pictures that still wait; none for a run that is stopped."""
    if run.state in Run.STOPPED:
        return Sample.objects.none()
    return chosen(run).filter(canary__isnull=True)


def runs_with_uncompared(*, since: datetime) -> QuerySet[Run, int]:
    """Return the ids of runs made here that ended before ``since`` and have chosen pictures that still wait."""
    waiting = _chosen().filter(canary__isnull=True, run__dispatched_at__lt=since)
    over = waiting.filter(run__state__in=[Run.State.FINISHED, Run.State.PARTIAL], ended_at__lt=since)
    return Run.objects.filter(pk__in=over.values("run_id")).order_by("pk").values_list("pk", flat=True)


def _chosen() -> QuerySet[Sample]:
    share = canary_share()
    below = "g" if share >= 1 else f"{int(share * 2**32):08x}"
    ours = Sample.objects.filter(run__recipe__runner__in=REPEATABLE, run__origin="")
    return ours.filter(status=Sample.Status.OK, key__lt=below)


def canary_record(run: Run) -> CanaryRecord:
    """Sum up a run's canaries. Two queries."""
    verdicts = {f"n_{verdict}": Count("pk", filter=Q(verdict=verdict)) for verdict in Canary.Verdict.values}
    found = Canary.objects.filter(sample__run=run).aggregate(
        n_compared=Count("pk"),
        n_other_worker=Count("pk", filter=Q(is_other_worker=True)),
        worst_psnr_db=Min("psnr_db"),
        largest_difference=Max("largest_difference"),
        **verdicts,
    )
    return CanaryRecord(n_chosen=chosen(run).count(), **found)

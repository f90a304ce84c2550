"""Stops runs, opens them again, and finds those that nobody works on any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from evaluation.conf import claim_expiry_s, sweep_every_s
from evaluation.models import Run, Sample, Score
from evaluation.selectors.canaries import runs_with_uncompared
from evaluation.selectors.progress import stalled
from evaluation.services.claims import release_silent_claims

# What a second attempt can change. A refusal by a filter is the model's answer and stays.
RETRIED = (Sample.Status.ERROR, Sample.Status.TIMEOUT)


def cancel_run(run_id: int, *, reason: str) -> bool:
    """Stop a run that is not over: no new picture is begun, finished ones stay. False where it is over."""
    open_runs = Run.objects.filter(pk=run_id).exclude(state__in=Run.OVER)
    return bool(open_runs.update(state=Run.State.CANCELLED, reason=reason))


def retry_run(run_id: int) -> int:
    """Open a run again for everything that has no picture for a technical reason; return how many samples.

    Failed and timed-out samples are planned anew, their scores go; a run that was cancelled or could not
    be run goes on where it stopped. Pictures and refusals stay as they are.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        again = run.samples.filter(status__in=RETRIED)
        Score.objects.filter(sample__in=again).delete()
        n_again = again.update(status=Sample.Status.PLANNED, reason="", attempts=0, flags=[], ended_at=None)
        run.samples.filter(status=Sample.Status.PLANNED).update(attempts=0)
        if n_again or run.state in Run.STOPPED:
            run.state, run.reason, run.finished_at = Run.State.PLANNED, "", None
            run.save(update_fields=["state", "reason", "finished_at"])
        return run.samples.filter(status=Sample.Status.PLANNED).count()


def note_dispatch(run_id: int) -> None:
    """Write down that workers have been told of a run: from now on it is looked after until it is over."""
    Run.objects.filter(pk=run_id).update(dispatched_at=timezone.now())


@dataclass(frozen=True)
class Swept:
    """What a sweep found: samples freed, runs that stand still, finished runs whose canaries still wait."""

    n_freed: int
    stalled: tuple[int, ...]
    uncompared: tuple[int, ...]


def sweep() -> Swept:
    """Free what dead workers hold, and find the runs whose messages must have been lost.

    Safe to call at any time and from anywhere: a living worker's claims and moving runs stay as they are.
    """
    n_freed = release_silent_claims()
    since = timezone.now() - timedelta(seconds=max(sweep_every_s(), 2 * claim_expiry_s()))
    runs = tuple(stalled(since=since).values_list("pk", flat=True))
    Run.objects.filter(pk__in=runs).update(dispatched_at=timezone.now())
    return Swept(n_freed, runs, tuple(runs_with_uncompared(since=since)))

"""Celery tasks: each a service call with a limit. What is left to do is asked of the database alone."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from celery.signals import worker_ready
from kombu.exceptions import OperationalError

from config.jobs import job
from evaluation.conf import TASK_LIMIT_S, claim_expiry_s, sweep_every_s
from evaluation.selectors import run_progress
from evaluation.services.canaries import repeat_canaries
from evaluation.services.generate import generate_samples
from evaluation.services.read import read_run
from evaluation.services.requests import start_requests
from evaluation.services.runs import note_dispatch, sweep
from evaluation.services.score import score_run

PICTURES_PER_READ = 64
CANARIES_PER_MESSAGE = 4

logger = structlog.get_logger(__name__)


@job(limit_s=TASK_LIMIT_S)
def generate_chunk(run_id: int) -> None:
    """Generate chunks of the run, each read while the next is made; what is left then follows."""
    generate_samples(run_id, after_chunk=partial(_have_read_meanwhile, run_id))
    read_samples.delay_on_commit(run_id)
    progress = run_progress(run_id)
    if progress.n_claimable:
        generate_chunk.delay_on_commit(run_id)
    elif progress.n_held:
        # Held by another worker. Should it be dead, this message finds its claims expired.
        generate_chunk.apply_async([run_id], countdown=claim_expiry_s() + 1)
    else:
        repeat_some.delay_on_commit(run_id)


def _have_read_meanwhile(run_id: int) -> None:
    """Have pictures read while more are made; a broker that is away must cost none of these an attempt."""
    try:
        read_samples.delay_on_commit(run_id)
    except OperationalError as error:
        logger.warning("pictures are read after the turn", run=run_id, reason=str(error))


@job(limit_s=TASK_LIMIT_S)
def repeat_some(run_id: int) -> None:
    """Make some of the run's canaries again; further ones follow behind other runs' pictures."""
    if repeat_canaries(run_id, limit=CANARIES_PER_MESSAGE) == CANARIES_PER_MESSAGE:
        repeat_some.delay_on_commit(run_id)


@job(limit_s=TASK_LIMIT_S)
def read_samples(run_id: int) -> None:
    """Read the run's next pictures; when none is left unread, have the run scored."""
    if read_run(run_id, limit=PICTURES_PER_READ) == PICTURES_PER_READ:
        read_samples.delay_on_commit(run_id)
    elif run_progress(run_id).is_ready_to_score:
        score_samples.delay_on_commit(run_id)


@job(limit_s=600)
def score_samples(run_id: int) -> None:
    """Score the run and, when it is complete, sum it up."""
    score_run(run_id)


@job(limit_s=600)
def start_requested() -> None:
    """Plan what builders asked for, in its turn, and tell the workers."""
    for run_id in start_requests():
        note_dispatch(run_id)
        generate_chunk.delay_on_commit(run_id)


@job(limit_s=60)
def sweep_runs() -> None:
    """Free dead workers' claims and wake up the runs whose messages were lost."""
    swept = sweep()
    # In a long queue such a message would meet its successors; a few of them are enough.
    expires_s = 10 * sweep_every_s()
    for run_id in swept.stalled:
        progress = run_progress(run_id)
        next_step = score_samples
        if progress.n_claimable or progress.n_held:
            next_step = generate_chunk
        elif progress.n_unread:
            next_step = read_samples
        next_step.apply_async([run_id], expires=expires_s)
    for run_id in swept.uncompared:
        repeat_some.apply_async([run_id], expires=expires_s)


def sweep_from_every_worker(sender: Any, **_kwargs: Any) -> None:
    """Have dead claims and lost messages looked for as long as any worker lives, with or without beat.

    Every worker asks on its own clock; a sweep that finds nothing costs two queries, and a message that
    was not read before the next one is dropped.
    """
    interval_s = sweep_every_s()
    sweep_runs.apply_async(expires=interval_s)
    sender.timer.call_repeatedly(interval_s, sweep_runs.apply_async, kwargs={"expires": interval_s})


worker_ready.connect(sweep_from_every_worker)

"""Celery tasks: each a service call with a limit. What is left to do is asked of the database alone."""

from __future__ import annotations

from config.jobs import job
from evaluation.conf import claim_expiry_s
from evaluation.selectors import run_progress
from evaluation.services.generate import generate_samples
from evaluation.services.read import read_run
from evaluation.services.score import score_run

PICTURES_PER_READ = 64


@job(limit_s=1_200)
def generate_chunk(run_id: int) -> None:
    """Generate the run's next chunk, then have it read; more chunks and taken-over claims follow."""
    generate_samples(run_id)
    read_samples.delay_on_commit(run_id)
    progress = run_progress(run_id)
    if progress.n_claimable:
        generate_chunk.delay_on_commit(run_id)
    elif progress.n_held:
        # Held by another worker. Should it be dead, this message finds its claims expired.
        generate_chunk.apply_async([run_id], countdown=claim_expiry_s() + 1)


@job(limit_s=1_200)
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

"""Generates one chunk of a run's missing pictures."""

from __future__ import annotations

import os
import socket

from celery.exceptions import SoftTimeLimitExceeded

from evaluation.models import Run
from evaluation.runners.base import PromptSeed, RecipeError, Session
from evaluation.runners.registry import SessionCache
from evaluation.services.recipes import recipe_spec
from evaluation.services.samples import (
    TIME_LIMIT,
    Claim,
    Heartbeat,
    claim_samples,
    fail_run,
    give_up_samples,
    record_result,
    release_claim,
)
from evaluation.suites.spec import PromptSpec

_SESSIONS = SessionCache()


def generate_samples(run_id: int) -> int:
    """Generate and record the run's next samples; return how many were recorded.

    A recipe that cannot be run at all fails the run. Any other error gives the claim back first.
    """
    run = Run.objects.select_related("recipe").get(pk=run_id)
    give_up_samples(run_id)
    if run.state == Run.State.FAILED:
        return 0
    claim = claim_samples(run_id, worker=f"{socket.gethostname()}:{os.getpid()}")
    if claim is None:
        return 0
    reason = "the worker met an error"
    try:
        with Heartbeat(claim):
            return _generate(run, claim)
    except RecipeError as error:
        fail_run(run_id, str(error))
        return 0
    except SoftTimeLimitExceeded:
        reason = TIME_LIMIT
        raise
    finally:
        release_claim(claim, reason=reason)


def _generate(run: Run, claim: Claim) -> int:
    session = _SESSIONS.get(run.recipe.digest, recipe_spec(run.recipe))
    _note_start(run, session)
    prompts = [
        PromptSeed(sample.pk, sample.prompt.text, sample.seed, PromptSpec.from_dict(sample.prompt.spec))
        for sample in claim.samples
    ]
    return sum(record_result(claim, result) for result in session.generate(prompts))


def _note_start(run: Run, session: Session) -> None:
    """Move a planned run on, and write down what it runs with."""
    planned = Run.objects.filter(pk=run.pk).exclude(state=Run.State.FAILED)
    planned.update(state=Run.State.RUNNING, environment=session.environment())

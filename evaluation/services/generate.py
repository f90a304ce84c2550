"""Generates one chunk of a run's missing pictures."""

from __future__ import annotations

import os
import socket
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded

from evaluation.conf import CHUNK_LIMIT_S
from evaluation.models import Run
from evaluation.runners.base import Generated, PromptSeed, RecipeError, Session
from evaluation.runners.registry import SessionCache
from evaluation.services.estimate import spec_to_load
from evaluation.services.images import EncodedImage, StorageError, encode_image
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

SESSIONS: Final = SessionCache()


def worker_name() -> str:
    """Return host and process of this worker."""
    return f"{socket.gethostname()}:{os.getpid()}"


def generate_samples(run_id: int) -> int:
    """Generate and record the run's next samples; return how many were recorded.

    A recipe that cannot be run at all fails the run. Any other error gives the claim back first.
    """
    run = Run.objects.select_related("recipe").get(pk=run_id)
    give_up_samples(run_id)
    if run.state in Run.STOPPED:
        return 0
    claim = claim_samples(run_id, worker=worker_name())
    if claim is None:
        return 0
    reason, counts = "", True
    try:
        with Heartbeat(claim):
            return _generate(run, claim)
    except RecipeError as error:
        counts = False
        fail_run(run_id, str(error))
        return 0
    except SoftTimeLimitExceeded:
        reason = TIME_LIMIT
        raise
    except StorageError as error:
        # Not the sample's fault: however long the disk stays full, no attempt is used up.
        reason, counts = str(error), False
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise
    finally:
        release_claim(claim, reason=reason, counts=counts)


def prompt_seeds(claim: Claim) -> list[PromptSeed]:
    """Return what the runner needs of the claimed samples."""
    return [
        PromptSeed(sample.pk, sample.prompt.text, sample.seed, PromptSpec.from_dict(sample.prompt.spec))
        for sample in claim.samples
    ]


def _generate(run: Run, claim: Claim) -> int:
    """Make picture after picture until all are there, the chunk's time is up, or the run is stopped."""
    digest = run.recipe.digest
    session = SESSIONS.get(digest, recipe_spec(run.recipe) if SESSIONS.holds(digest) else spec_to_load(run))
    _note_start(run, session)
    n_recorded = 0
    for result, encoded in _encoded_beside(_until_stopped(session.generate(prompt_seeds(claim)), run)):
        n_recorded += record_result(claim, result, encoded=encoded)
    return n_recorded


def _until_stopped(results: Iterable[Generated], run: Run) -> Iterator[Generated]:
    """Yield results until the chunk's time is up or somebody cancels the run."""
    deadline = time.monotonic() + CHUNK_LIMIT_S
    for result in results:
        yield result
        if time.monotonic() > deadline or Run.objects.filter(pk=run.pk, state__in=Run.STOPPED).exists():
            return


def _encoded_beside(results: Iterable[Generated]) -> Iterator[tuple[Generated, EncodedImage | None]]:
    """Yield results with their encoded pictures; one is encoded while the model makes the next."""
    waiting: deque[tuple[Generated, Future[EncodedImage] | None]] = deque()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="encode") as pool:
        for result in results:
            waiting.append((result, pool.submit(encode_image, result.image) if result.image else None))
            if len(waiting) > 1:
                yield _finished(waiting.popleft())
        while waiting:
            yield _finished(waiting.popleft())


def _finished(
    waiting: tuple[Generated, Future[EncodedImage] | None],
) -> tuple[Generated, EncodedImage | None]:
    result, encoding = waiting
    return result, encoding.result() if encoding else None


def _note_start(run: Run, session: Session) -> None:
    """Move a planned run on, and write down what it runs with."""
    planned = Run.objects.filter(pk=run.pk).exclude(state__in=Run.STOPPED)
    planned.update(state=Run.State.RUNNING, environment=session.environment())

"""Generates a run's missing pictures, for one turn of one worker."""

from __future__ import annotations

import os
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded

from evaluation.conf import CHUNK_LIMIT_S
from evaluation.models import Run
from evaluation.runners.base import Generated, PromptSeed, RecipeError, Session
from evaluation.runners.registry import SessionCache
from evaluation.services.claims import Claim, Turn
from evaluation.services.estimate import spec_to_load
from evaluation.services.images import EncodedImage, StorageError, encode_image
from evaluation.services.recipes import recipe_spec
from evaluation.services.samples import TIME_LIMIT, fail_run, give_up_samples, record_result
from evaluation.suites.spec import PromptSpec

SESSIONS: Final = SessionCache()


def worker_name() -> str:
    """Return host and process of this worker."""
    return f"{socket.gethostname()}:{os.getpid()}"


def generate_samples(run_id: int, *, after_chunk: Callable[[], object] = lambda: None) -> int:
    """Generate and record the run's samples for one turn; return how many were recorded.

    ``after_chunk`` is called whenever a further chunk was claimed or nothing was left to claim.
    A recipe that cannot be run at all fails the run. Any other error gives the claims back first.
    """
    run = Run.objects.select_related("recipe").get(pk=run_id)
    give_up_samples(run_id)
    turn = Turn(run_id, worker=worker_name())
    claim = None if run.state in Run.STOPPED else turn.next_claim()
    if claim is None:
        return 0
    reason, counts = "", True
    try:
        with turn:
            return _generate(run, turn, claim, after_chunk)
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
        turn.release(reason=reason, counts=counts)


def prompt_seeds(claim: Claim) -> list[PromptSeed]:
    """Return what the runner needs of the claimed samples."""
    return [
        PromptSeed(sample.pk, sample.prompt.text, sample.seed, PromptSpec.from_dict(sample.prompt.spec))
        for sample in claim.samples
    ]


@dataclass(frozen=True)
class _Made:
    """A result on its way into storage, and the claim that it ends a sample of."""

    claim: Claim
    result: Generated
    encoding: Future[EncodedImage] | None = None


def _generate(run: Run, turn: Turn, claim: Claim, after_chunk: Callable[[], object]) -> int:
    """Make picture after picture until all are there, the turn's time is up, or the run is stopped."""
    digest = run.recipe.digest
    session = SESSIONS.get(digest, recipe_spec(run.recipe) if SESSIONS.holds(digest) else spec_to_load(run))
    _note_start(run, session)
    chunks = _chunks(turn, claim, after_chunk)
    n_recorded = 0
    for made in _encoded_beside(_until_stopped(_results(session, chunks), run)):
        encoded = made.encoding.result() if made.encoding else None
        n_recorded += record_result(made.claim, made.result, encoded=encoded)
    return n_recorded


def _chunks(turn: Turn, first: Claim, after_chunk: Callable[[], object]) -> Iterator[Claim]:
    claim: Claim | None = first
    while claim is not None:
        yield claim
        claim = turn.next_claim()
        after_chunk()


def _results(session: Session, chunks: Iterable[Claim]) -> Iterator[_Made]:
    """Yield what the model makes; a chunk is begun before the last pictures of the one before are stored."""
    for claim in chunks:
        for result in session.generate(prompt_seeds(claim)):
            yield _Made(claim, result)


def _until_stopped(results: Iterable[_Made], run: Run) -> Iterator[_Made]:
    """Yield results until the time is up or somebody cancels the run."""
    deadline = time.monotonic() + CHUNK_LIMIT_S
    for made in results:
        yield made
        if time.monotonic() > deadline or Run.objects.filter(pk=run.pk, state__in=Run.STOPPED).exists():
            return


def _encoded_beside(results: Iterable[_Made]) -> Iterator[_Made]:
    """Yield results with their pictures being encoded; each is recorded once the model makes the next."""
    waiting: deque[_Made] = deque()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="encode") as pool:
        for made in results:
            image = made.result.image
            waiting.append(replace(made, encoding=pool.submit(encode_image, image) if image else None))
            if len(waiting) > 1:
                yield waiting.popleft()
        yield from waiting


def _note_start(run: Run, session: Session) -> None:
    """Move a planned run on, and write down what it runs with."""
    planned = Run.objects.filter(pk=run.pk).exclude(state__in=Run.STOPPED)
    planned.update(state=Run.State.RUNNING, environment=session.environment())

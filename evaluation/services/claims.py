"""Samples that a worker has taken: kept alive by heartbeats, and given back where they did not end.

Where heartbeats stop, because the worker was killed, any other worker takes the samples over.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from uuid import uuid4

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import F
from django.utils import timezone

from evaluation.conf import TURN_S, chunk_size, claim_expiry_s, most_attempts
from evaluation.models import Sample

# From this attempt on a sample is tried alone, so that one that kills workers cannot take others along.
ALONE_FROM_ATTEMPT = 2
SILENCE = "the worker fell silent"


@dataclass(frozen=True)
class Claim:
    """A chunk of samples that one worker has taken."""

    token: str
    samples: tuple[Sample, ...]

    @property
    def worker(self) -> str:
        """Host and process that took them."""
        return self.token.rpartition("/")[0]

    def batch_of(self, sample_id: int, *, size: int) -> str:
        """Name the batch that a sample was made in, and its place there: claim, batch, place."""
        place = [sample.pk for sample in self.samples].index(sample_id)
        return f"{self.token.rpartition('/')[2][:12]}.{place // size}.{place % size}"


class Turn:
    """One worker's turn at a run: it claims chunk after chunk while there is time.

    Within a turn the model never waits for a message. While it is open as a context, a thread says that the
    worker is alive, however long a picture takes.
    """

    def __init__(self, run_id: int, *, worker: str) -> None:
        self._run_id, self._worker = run_id, worker
        self._ends_at = time.monotonic() + TURN_S
        self._tokens: list[str] = []
        self._done = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def next_claim(self) -> Claim | None:
        """Claim the next chunk; None where nothing is left to take, or, from the second chunk on, no time."""
        if self._tokens and time.monotonic() > self._ends_at:
            return None
        claim = claim_samples(self._run_id, worker=self._worker)
        if claim is not None:
            self._tokens.append(claim.token)
        return claim

    def release(self, *, reason: str = "", counts: bool = True) -> None:
        """Give back what the turn still holds, as `release_claims` does."""
        release_claims(self._tokens, reason=reason, counts=counts)

    def __enter__(self) -> Self:
        self._heart.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._heart.join()

    def _beat(self) -> None:
        while not self._done.wait(claim_expiry_s() / 4):
            held = Sample.objects.filter(claimed_by__in=self._tokens, status=Sample.Status.CLAIMED)
            try:
                held.update(claimed_at=timezone.now())
            except (DatabaseError, InterfaceError):
                # A database that restarts is back before the claims expire; the next beat connects anew.
                connection.close()
        connection.close()


def claim_samples(run_id: int, *, worker: str) -> Claim | None:
    """Take a run's next samples; None where nothing is left to take."""
    token = f"{worker[:80]}/{uuid4().hex}"
    with transaction.atomic():
        free = (
            Sample.objects.claimable()
            .filter(run_id=run_id, attempts__lt=most_attempts())
            .order_by("attempts", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("prompt", "run__recipe")[: chunk_size()]
        )
        samples = list(free)
        samples = samples[:1] if samples and samples[0].attempts >= ALONE_FROM_ATTEMPT else samples
        if not samples:
            return None
        Sample.objects.filter(pk__in=[sample.pk for sample in samples]).update(
            status=Sample.Status.CLAIMED,
            claimed_by=token,
            claimed_at=timezone.now(),
            attempts=F("attempts") + 1,
        )
    return Claim(token, tuple(samples))


def release_claims(tokens: list[str], *, reason: str = "", counts: bool = True) -> None:
    """Give back what is still held under these tokens; ``reason`` is kept in case no attempt succeeds.

    Of an attempt that does not count, because the sample had no part in its failure, nothing is kept.
    """
    held = Sample.objects.filter(claimed_by__in=tokens, status=Sample.Status.CLAIMED)
    attempts = F("attempts") if counts else F("attempts") - 1
    held.update(
        status=Sample.Status.PLANNED, claimed_by="", claimed_at=None, reason=reason, attempts=attempts
    )


def release_silent_claims() -> int:
    """Give back what dead workers of all runs hold; return how many samples that is."""
    return Sample.objects.silent().update(
        status=Sample.Status.PLANNED, claimed_by="", claimed_at=None, reason=SILENCE
    )

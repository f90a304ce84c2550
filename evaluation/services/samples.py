"""The life of a sample: planned, claimed by one worker, ended. Every change names the state that it expects.

A claim is kept alive by heartbeats. Where they stop, because the worker was killed, any other worker
takes the sample over; a result that arrives after that is dropped, so each sample ends once.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from evaluation.conf import chunk_size, claim_expiry_s, most_attempts
from evaluation.flags import flag_named
from evaluation.models import Run, Sample
from evaluation.runners.base import Generated, Outcome
from evaluation.services.images import EncodedImage, encode_image, store_encoded
from evaluation.services.inspect import picture_flags

# From this attempt on a sample is tried alone, so that one that kills workers cannot take others along.
ALONE_FROM_ATTEMPT = 2
TIME_LIMIT = "time limit"
SILENCE = "the worker fell silent"


@dataclass(frozen=True)
class Claim:
    """Samples that one worker has taken."""

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


def record_result(claim: Claim, result: Generated, *, encoded: EncodedImage | None = None) -> bool:
    """End a sample with its picture or its failure; False where somebody else has it by now.

    The picture is stored before the row says so: a row never names a file that is not there. ``encoded``
    is the result's picture where that was encoded beforehand.
    """
    if encoded is None and result.image is not None:
        encoded = encode_image(result.image)
    ended = _ended(claim, result, encoded=encoded)
    with transaction.atomic():
        mine = Sample.objects.filter(
            pk=result.sample_id, status=Sample.Status.CLAIMED, claimed_by=claim.token
        )
        if not mine.select_for_update().values_list("pk", flat=True):
            return False
        if encoded is not None:
            store_encoded(encoded)
        mine.update(**ended)
    return True


def _ended(claim: Claim, result: Generated, *, encoded: EncodedImage | None) -> dict[str, Any]:
    """Return the fields of an ended sample."""
    recipe = next(sample.run.recipe for sample in claim.samples if sample.pk == result.sample_id)
    flags = [flag_named(name) for name in result.flags]
    if result.outcome == Outcome.FILTERED:
        flags.append(flag_named("filter"))
    fields: dict[str, Any] = {}
    if result.image is not None and encoded is not None:
        flags += picture_flags(result.image, size=(recipe.width, recipe.height))
        width, height = encoded.size
        fields |= {"image_digest": encoded.digest, "has_thumbnail": True, "signature": encoded.signature}
        sides = [side for side, _ in encoded.further]
        fields |= {"width": width, "height": height, "thumbnail_sides": sides}
    return fields | {
        "status": Sample.Status(result.outcome.value),
        "reason": result.reason,
        "text_sent": result.text_sent,
        "was_truncated": result.was_truncated,
        "timings_s": result.timings_s,
        "peak_memory_mb": result.peak_memory_mb,
        "made_by": claim.worker,
        "batch": claim.batch_of(result.sample_id, size=recipe.batch_size),
        "flags": [flag.as_dict() for flag in dict.fromkeys(flags)],
        "cost_usd": result.cost_usd,
        "details": result.details,
        "claimed_by": "",
        "claimed_at": None,
        "ended_at": timezone.now(),
    }


def release_claim(claim: Claim, *, reason: str = "", counts: bool = True) -> None:
    """Give back what the worker still holds; ``reason`` is kept in case no attempt succeeds.

    Of an attempt that does not count, because the sample had no part in its failure, nothing is kept.
    """
    held = Sample.objects.filter(claimed_by=claim.token, status=Sample.Status.CLAIMED)
    attempts = F("attempts") if counts else F("attempts") - 1
    held.update(
        status=Sample.Status.PLANNED, claimed_by="", claimed_at=None, reason=reason, attempts=attempts
    )


def release_silent_claims() -> int:
    """Give back what dead workers of all runs hold; return how many samples that is."""
    return Sample.objects.silent().update(
        status=Sample.Status.PLANNED, claimed_by="", claimed_at=None, reason=SILENCE
    )


def give_up_samples(run_id: int) -> int:
    """End samples that were begun too often as failures, so that a run always ends; return their number."""
    spent = Sample.objects.claimable().filter(run_id=run_id, attempts__gte=most_attempts())
    fields = {"claimed_by": "", "claimed_at": None, "ended_at": timezone.now()}
    late = spent.filter(reason=TIME_LIMIT).update(
        status=Sample.Status.TIMEOUT, reason=f"Over the time limit in {most_attempts()} attempts.", **fields
    )
    told = spent.exclude(reason__in=["", SILENCE]).update(
        status=Sample.Status.ERROR,
        reason=Concat(Value(f"Begun {most_attempts()} times; the last time: "), F("reason")),
        **fields,
    )
    lost = spent.update(
        status=Sample.Status.ERROR, reason=f"The worker was lost in {most_attempts()} attempts.", **fields
    )
    return late + told + lost


def fail_run(run_id: int, reason: str) -> None:
    """Mark a run whose recipe cannot be run at all: its samples stay unscored, which is not zero."""
    Run.objects.filter(pk=run_id).update(state=Run.State.FAILED, reason=reason)


class Heartbeat:
    """While open, says from a thread of its own that the worker is alive, however long a picture takes."""

    def __init__(self, claim: Claim) -> None:
        self._token = claim.token
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._done.wait(claim_expiry_s() / 4):
                held = Sample.objects.filter(claimed_by=self._token, status=Sample.Status.CLAIMED)
                held.update(claimed_at=timezone.now())
        finally:
            connection.close()

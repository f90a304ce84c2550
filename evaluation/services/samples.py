"""How a sample ends. Every change names the state that it expects, so each sample ends once.

A result that arrives after another worker has taken the sample over is dropped.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from evaluation.conf import most_attempts
from evaluation.flags import flag_named
from evaluation.models import Run, Sample
from evaluation.runners.base import Generated, Outcome
from evaluation.services.claims import SILENCE, Claim
from evaluation.services.images import EncodedImage, encode_image, store_encoded
from evaluation.services.inspect import picture_flags

TIME_LIMIT = "time limit"


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

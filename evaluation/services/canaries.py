"""Makes some pictures a second time: a driver, a compiler or a batch that changes pixels shows here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.db import transaction
from django.db.models import Q
from PIL import Image

from evaluation.flags import Flag, read_flags
from evaluation.models import Canary, Run, Sample
from evaluation.runners.base import PromptSeed, RecipeError
from evaluation.selectors.canaries import uncompared
from evaluation.services.generate import SESSIONS, worker_name
from evaluation.services.images import BrokenImageError, open_image, store_image
from evaluation.services.recipes import recipe_spec
from evaluation.suites.spec import PromptSpec

# From here on nobody sees a difference: one step of 255 everywhere is 48 dB, two and a half are 40.
NEAR_DB: Final = 40.0


@dataclass(frozen=True)
class Comparison:
    """How alike two pictures are; no noise ratio where they are identical or cannot be compared."""

    verdict: Canary.Verdict
    reason: str
    psnr_db: float | None = None
    largest_difference: int | None = None


def repeat_canaries(run_id: int, *, limit: int) -> int:
    """Make up to ``limit`` of the run's chosen pictures again and compare them; return how many.

    Each sample is locked meanwhile, so that no two workers repeat the same one, and a worker that dies
    leaves nothing behind.
    """
    run = Run.objects.select_related("recipe").get(pk=run_id)
    for done in range(limit):
        if not _repeat_next(run):
            return done
    return limit


def compare_pictures(first: Image.Image, second: Image.Image) -> Comparison:
    """Compare two pictures: identical; near from a peak signal-to-noise ratio of 40 dB on; else different.

    >>> compare_pictures(Image.new("RGB", (8, 8)), Image.new("RGB", (8, 8), (1, 1, 1))).psnr_db
    48.13
    """
    if first.size != second.size:
        words = f"Made again it is {second.width} × {second.height}, before {first.width} × {first.height}."
        return Comparison(Canary.Verdict.DIFFERENT, words)
    before, after = (np.asarray(image.convert("RGB"), dtype=np.int16) for image in (first, second))
    apart = np.abs(before - after)
    if not apart.any():
        return Comparison(Canary.Verdict.IDENTICAL, "Pixel by pixel the same.", None, 0)
    psnr_db = round(10 * math.log10(255**2 / float(np.mean(np.square(apart, dtype=np.float64)))), 2)
    verdict = Canary.Verdict.NEAR if psnr_db >= NEAR_DB else Canary.Verdict.DIFFERENT
    largest = int(apart.max())
    words = f"{psnr_db:.1f} dB apart; no channel by more than {largest} of 255."
    return Comparison(verdict, words, psnr_db, largest)


def _repeat_next(run: Run) -> bool:
    """Repeat one sample, if possible one that another worker made."""
    me = worker_name()
    with transaction.atomic():
        free = uncompared(run).select_for_update(skip_locked=True, of=("self",)).select_related("prompt")
        sample = free.annotate(is_mine=Q(made_by=me)).order_by("is_mine", "pk").first()
        if sample is None:
            return False
        comparison, again = _compare_again(run, sample)
        is_odd = comparison.verdict == Canary.Verdict.DIFFERENT
        Canary.objects.create(
            sample=sample,
            verdict=comparison.verdict,
            psnr_db=comparison.psnr_db,
            largest_difference=comparison.largest_difference,
            reason=comparison.reason,
            image_digest=store_image(again) if again and is_odd else "",
            made_by=me,
            is_other_worker=sample.made_by != me,
        )
        if is_odd:
            flags = dict.fromkeys([*read_flags(sample.flags), Flag("unstable", comparison.reason)])
            Sample.objects.filter(pk=sample.pk).update(flags=[flag.as_dict() for flag in flags])
    return True


def _compare_again(run: Run, sample: Sample) -> tuple[Comparison, Image.Image | None]:
    """Make the sample's picture again, as its recipe says, and compare."""
    try:
        session = SESSIONS.get(run.recipe.digest, recipe_spec(run.recipe))
    except RecipeError as error:
        return Comparison(Canary.Verdict.FAILED, f"The recipe can no longer be run here: {error}"), None
    spec = PromptSpec.from_dict(sample.prompt.spec)
    result = next(iter(session.generate([PromptSeed(sample.pk, sample.prompt.text, sample.seed, spec)])))
    if result.image is None:
        words = f"Made again it gave no picture: {result.reason}"
        return Comparison(Canary.Verdict.FAILED, words), None
    try:
        return compare_pictures(open_image(sample.image_digest), result.image), result.image
    except BrokenImageError as error:
        return Comparison(Canary.Verdict.FAILED, f"The first picture cannot be read: {error}"), None

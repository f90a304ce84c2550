"""Thumbnails of further sizes for pictures that were stored without them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from evaluation.images import SMALL_SIDE
from evaluation.models import Sample
from evaluation.services.images import BrokenImageError, store_further


@dataclass(frozen=True)
class Made:
    """How many pictures got theirs, and how many could not be read and keep what they have."""

    n_pictures: int
    n_broken: int


def make_missing() -> Made:
    """Make what is missing, picture by picture; what was done stays where this is stopped.

    Raises:
        StorageError: where storage refuses.
    """
    is_large = Q(width__gt=SMALL_SIDE) | Q(height__gt=SMALL_SIDE)
    without = Sample.objects.filter(is_large, has_thumbnail=True, thumbnail_sides=[])
    digests = list(without.order_by().values_list("image_digest", flat=True).distinct())
    n_broken = 0
    for digest in digests:
        try:
            sides = store_further(digest)
        except BrokenImageError:
            n_broken += 1
            continue
        Sample.objects.filter(image_digest=digest).update(thumbnail_sides=list(sides))
    return Made(n_pictures=len(digests) - n_broken, n_broken=n_broken)

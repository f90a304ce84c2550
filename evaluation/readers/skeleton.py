"""One-pixel-wide skeletons of masks and their free ends."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from evaluation.readers.pictures import Mask

Bools: TypeAlias = npt.NDArray[np.bool_]
Points: TypeAlias = npt.NDArray[np.intp]

# Clockwise from north, as row and column offsets.
_NEIGHBOURS: Final = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


def thin(mask: Mask) -> Mask:
    """Thin a mask to its skeleton (Guo & Hall 1989, which keeps diagonal lines whole)."""
    image: Bools = np.pad(mask.astype(bool), 1)
    while True:
        removed = False
        for is_second in (False, True):
            doomed = _removable(image, is_second=is_second)
            removed = removed or bool(doomed.any())
            image = image & ~doomed
        if not removed:
            return image[1:-1, 1:-1].astype(np.uint8)


def free_ends(skeleton: Mask) -> Points:
    """Return (row, column) of the skeleton's ends: pixels left on one side only, by at most two pixels."""
    image: Bools = np.pad(skeleton.astype(bool), 1)
    ring = _shifted(image)
    ends = image & (np.sum(ring, axis=0) <= 2) & (_turns(ring) == 1)
    return np.argwhere(ends) - 1


def _shifted(image: Bools) -> list[Bools]:
    return [np.roll(image, (-dy, -dx), axis=(0, 1)) for dy, dx in _NEIGHBOURS]


def _removable(image: Bools, *, is_second: bool) -> Bools:
    n, ne, e, se, s, sw, w, nw = _shifted(image)
    corners = np.sum([~n & (ne | e), ~e & (se | s), ~s & (sw | w), ~w & (nw | n)], axis=0)
    one_way = np.sum([nw | n, ne | e, se | s, sw | w], axis=0)
    other_way = np.sum([n | ne, e | se, s | sw, w | nw], axis=0)
    count = np.minimum(one_way, other_way)
    kept = (n | ne | ~se) & e if is_second else (s | sw | ~nw) & w
    return np.asarray(image & (corners == 1) & (count >= 2) & (count <= 3) & ~kept, dtype=np.bool_)


def _turns(ring: list[Bools]) -> npt.NDArray[np.intp]:
    """How often a walk around each pixel steps from outside onto the skeleton."""
    return np.asarray(np.sum([~a & b for a, b in pairwise([*ring, ring[0]])], axis=0), dtype=np.intp)

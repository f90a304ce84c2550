"""Which pictures of many are nearly the same? Pure numpy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

# Root mean square over 768 values of 0 to 255. Two encodings of one picture stay below 1; a different
# drawing of the same scene, with its shapes elsewhere, lies beyond 10.
ALIKE: Final = 2.0
_BLOCK: Final = 1_024


def alike_pairs(signatures: npt.NDArray[np.uint8], *, threshold: float = ALIKE) -> Iterator[tuple[int, int]]:
    """Yield (i, j), i < j, for rows of an (n, d) array whose root mean square difference is at most ``threshold``.

    Compares all pairs in blocks: n² d multiplications, no more than a block of 1,024 rows squared at once.

    >>> list(alike_pairs(np.array([[0, 0], [200, 9], [1, 1]], dtype=np.uint8)))
    [(0, 2)]
    """
    if len(signatures) == 0:
        return
    rows = signatures.astype(np.float32)
    squares = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
    # Squares are large and their difference small: what float32 may round is looked at again exactly.
    reach = rows.shape[1] * (threshold + 1.0) ** 2
    for start in range(0, len(rows), _BLOCK):
        for other in range(start, len(rows), _BLOCK):
            block, beside = rows[start : start + _BLOCK], rows[other : other + _BLOCK]
            apart = squares[start : start + _BLOCK, None] + squares[None, other : other + _BLOCK]
            apart -= 2.0 * (block @ beside.T)
            for i, j in zip(*np.nonzero(apart <= reach), strict=True):
                first, second = start + int(i), other + int(j)
                if first < second and _rms(rows[first], rows[second]) <= threshold:
                    yield first, second


def _rms(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(first - second, dtype=np.float64))))

"""Results that were shown, as columns of equal length."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Showings:
    """One row for each result that one search showed to one visitor; all columns have one length.

    ``visitor`` names somebody for one day, ``search`` one list of results, ``intent`` what was asked and
    ``item`` what was shown at ``position`` (1 is the first) on ``day`` (days since any one day).
    ``drawn`` is the upper position of the pair of neighbours whose order was drawn by lot in this search,
    0 where the row is of no such pair. ``referrer`` numbers the site that led to the search, 0 where none did.
    """

    visitor: Integers
    search: Integers
    intent: Integers
    item: Integers
    position: Integers
    day: Integers
    is_taken: Booleans
    drawn: Integers
    referrer: Integers

    def __len__(self) -> int:
        return len(self.visitor)

    def where(self, chosen: Booleans | Integers) -> "Showings":
        """Return some of the rows, by mask or by index."""
        return Showings(*(getattr(self, field.name)[chosen] for field in fields(self)))


def joined(parts: Sequence[Showings]) -> Showings:
    """Return the rows of several parts one after another.

    Raises:
        ValueError: there are no parts.
    """
    return Showings(
        *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Showings))
    )


def summed(codes: Integers, *, weights: NDArray[Any], size: int) -> Floats:
    """Return the sum of the weights of each code, an array of length ``size``.

    >>> summed(np.array([0, 2, 2]), weights=np.array([1, 2, 3]), size=4).tolist()
    [1.0, 0.0, 5.0, 0.0]
    """
    return np.bincount(codes, weights=weights, minlength=size).astype(np.float64)


def numbered(*columns: Integers) -> tuple[Integers, int]:
    """Return for each row the number of its combination of values, from 0, and how many there are.

    >>> numbered(np.array([7, 7, 3]), np.array([1, 1, 1]))[0].tolist()
    [1, 1, 0]
    """
    if not len(columns[0]):
        return np.zeros(0, dtype=np.int64), 0
    keys = np.zeros(len(columns[0]), dtype=np.int64)
    room = 2**62
    for column in columns:
        lowest = int(column.min())
        width = int(column.max()) - lowest + 1
        if int(keys.max()) + 1 > room // width:
            keys = np.unique(keys, return_inverse=True)[1]
        keys = keys * width + (column - lowest)
    values, numbers = np.unique(keys, return_inverse=True)
    return numbers, len(values)

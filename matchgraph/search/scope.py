"""Which artifacts a search may return: a set of ids small enough to hand to the database with each query."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Scope:
    """The artifacts that violate nothing, in ascending order of their ids."""

    artifact_ids: Ids

    @classmethod
    def of(cls, artifact_ids: Iterable[int]) -> "Scope":
        """Return the scope of some artifacts."""
        return cls(np.unique(np.fromiter(artifact_ids, np.int64)))

    @cached_property
    def is_allowed(self) -> NDArray[np.bool_]:
        """Return for each id from 0 to the greatest whether it is in the scope; more ids are not."""
        allowed = np.zeros(int(self.artifact_ids[-1]) + 1 if len(self.artifact_ids) else 1, np.bool_)
        allowed[self.artifact_ids] = True
        return allowed

    @cached_property
    def bits(self) -> bytes:
        """Return the scope as PostgreSQL's ``get_bit`` reads it: bit n says whether id n is in it."""
        return np.packbits(self.is_allowed, bitorder="little").tobytes()

    def keeps(self, artifact_ids: Ids) -> NDArray[np.bool_]:
        """Return for each of some ids whether it is in the scope."""
        inside = artifact_ids < len(self.is_allowed)
        return inside & self.is_allowed[np.where(inside, artifact_ids, 0)]

"""Which artifacts a search may return: a set of ids small enough to hand to the database with each query."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

from catalog.models import Artifact

Ids = NDArray[np.int64]
# A binary COPY begins with 19 bytes and ends with 2; a row is how many columns it has, a length and an id.
HEADER_BYTES, TRAILER_BYTES = 19, 2
ROW = np.dtype([("columns", ">i2"), ("length", ">i4"), ("id", ">i8")])


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


def scope_of(artifacts: QuerySet[Artifact]) -> Scope:
    """Return the scope of what a query finds. One query, whose ids come as PostgreSQL keeps them: many at a time."""
    try:
        statement, parameters = artifacts.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return Scope.of([])
    # Django translates the errors of its own calls alone; a limit that COPY runs into is told by them.
    with connection.wrap_database_errors, connection.cursor() as cursor:
        # A statement of COPY takes no parameters.
        bound = cursor.mogrify(statement, parameters)
        with cursor.copy(f"COPY ({bound}) TO STDOUT (FORMAT binary)") as copy:
            data = b"".join(copy)
    ids = np.frombuffer(data[HEADER_BYTES:-TRAILER_BYTES], ROW)["id"]
    return Scope(np.sort(ids.astype(np.int64)))

"""Reads the rows of a query a few at a time, so that a table of any size fits."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")


def in_chunks(rows: QuerySet[Row], size: int) -> Iterator[list[Row]]:
    """Return rows in the order of their keys, ``size`` at a time; each query goes on behind the last row.

    What was changed since is seen, and no transaction stays open between two chunks.
    """
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:size]):
        yield chunk
        last = chunk[-1].pk


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Return items ``size`` at a time; Python has it from 3.12 on.

    >>> list(batched("abc", 2))
    [['a', 'b'], ['c']]
    """
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch

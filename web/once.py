"""What follows from a frozen value alone is worked out once and kept with it."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

V = TypeVar("V")
R = TypeVar("R")


def once(make: Callable[[V], R]) -> Callable[[V], R]:
    """Keep what ``make`` returns in the value that it was made from: a frozen dataclass without slots.

    Values that live for one request gain nothing by it; those that are kept between requests are drawn once.
    """
    key = f"_{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def made(value: V) -> R:
        # Frozen dataclasses refuse attributes from outside; what is kept here is no part of the value.
        kept = value.__dict__
        if key not in kept:
            kept[key] = make(value)
        found: R = kept[key]
        return found

    return made

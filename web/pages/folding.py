"""Long lists show their beginning and fold the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Folded(Generic[T]):
    """A list of which ``hidden`` opens on demand."""

    shown: tuple[T, ...]
    hidden: tuple[T, ...]

    def __len__(self) -> int:
        return len(self.shown) + len(self.hidden)

    def __iter__(self) -> Iterator[T]:
        yield from self.shown
        yield from self.hidden


def folded(items: Sequence[T], *, at: int) -> Folded[T]:
    """Fold after ``at`` items, but never to hide a single one.

    >>> folded([1, 2, 3], at=2)
    Folded(shown=(1, 2, 3), hidden=())
    >>> folded([1, 2, 3, 4], at=2)
    Folded(shown=(1, 2), hidden=(3, 4))
    """
    if len(items) <= at + 1:
        return Folded(tuple(items), ())
    return Folded(tuple(items[:at]), tuple(items[at:]))

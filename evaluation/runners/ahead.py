"""Makes the next items of a sequence in a thread of its own while the last ones are being dealt with."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from queue import Full, Queue
from typing import Final, Generic, TypeVar

T = TypeVar("T")
_LOOK_S: Final = 0.05


@dataclass(frozen=True)
class _Made(Generic[T]):
    item: T


@dataclass(frozen=True)
class _Failed:
    error: BaseException


class _Over:
    pass


def make_ahead(items: Iterable[T], *, depth: int) -> Iterator[T]:
    """Yield the items in order; at most ``depth`` of them wait. What making them raises is raised here.

    Closing the iterator stops after the item that is being made.

    >>> list(make_ahead(iter("abc"), depth=1))
    ['a', 'b', 'c']
    """
    waiting: Queue[_Made[T] | _Failed | _Over] = Queue(maxsize=depth)
    stop = threading.Event()
    maker = threading.Thread(target=_make, args=(items, waiting, stop), name="make-ahead", daemon=True)
    maker.start()
    try:
        while not isinstance(next_one := waiting.get(), _Over):
            if isinstance(next_one, _Failed):
                raise next_one.error
            yield next_one.item
    finally:
        stop.set()
        maker.join()


def _make(items: Iterable[T], waiting: Queue[_Made[T] | _Failed | _Over], stop: threading.Event) -> None:
    try:
        for item in items:
            _put(waiting, _Made(item), stop)
            if stop.is_set():
                return
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where the items are wanted
        _put(waiting, _Failed(error), stop)
    _put(waiting, _Over(), stop)


def _put(
    waiting: Queue[_Made[T] | _Failed | _Over], item: _Made[T] | _Failed | _Over, stop: threading.Event
) -> None:
    """Wait for room, but not for somebody who has gone."""
    while not stop.is_set():
        try:
            waiting.put(item, timeout=_LOOK_S)
        except Full:
            continue
        return

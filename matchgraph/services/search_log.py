"""Writes searches down beside the request: it costs the visitor nothing and cannot fail them.

A request leaves its record in a queue of its own process and goes on; one thread per process writes what has
gathered, a twentieth of a second later. While the database is away it waits. What cannot be written then is
logged and gone: losing some evidence is better than losing an answer.
"""

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, Full, Queue
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from matchgraph.services.feedback import LoggedSearch, SearchRecord, record_of, write_searches

logger = logging.getLogger(__name__)

# A record is some kilobytes; more of them than this means that nothing has been written for long.
MOST_WAITING = 5_000
GATHER_S = 0.05
BATCH = 200
LAST_CHANCE_S = 2.0
# A restart of the database takes seconds; who waits longer fills the queue.
OUTAGE_S, PAUSE_S = 120.0, 0.5
Write = Callable[[Sequence[SearchRecord]], None]


class SearchLog:
    """A queue and the thread that empties it, made anew in a process that was forked."""

    def __init__(self, write: Write = write_searches, *, most_waiting: int = MOST_WAITING) -> None:
        self._write = write
        self._most_waiting = most_waiting
        self._start_lock = threading.Lock()
        self._pid = 0
        self._queue: Queue[SearchRecord] = Queue(most_waiting)

    def put(self, record: SearchRecord) -> bool:
        """Leave a record to be written; return whether there was room. Never waits and never raises."""
        if self._pid != os.getpid():
            self._start()
        try:
            self._queue.put_nowait(record)
        except Full:
            logger.exception("A search is not written down: %s are waiting", self._most_waiting)
            return False
        return True

    def flush(self, timeout_s: float = LAST_CHANCE_S) -> bool:
        """Wait until everything that was left is dealt with; return whether it was in time."""
        deadline = time.monotonic() + timeout_s
        while self._queue.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.005)
        return not self._queue.unfinished_tasks

    def _start(self) -> None:
        with self._start_lock:
            if self._pid == os.getpid():
                return
            self._queue = Queue(self._most_waiting)
            threading.Thread(target=self._run, name="search-log", daemon=True).start()
            atexit.register(self.flush)
            self._pid = os.getpid()

    def _run(self) -> None:
        while True:
            records = self._gathered()
            try:
                self._write_all(records)
            except Exception:
                # The thread must live on, whatever this was: the next records may be fine.
                logger.exception("%s searches could not be written down", len(records))
            finally:
                connection.close_if_unusable_or_obsolete()
                for _ in records:
                    self._queue.task_done()

    def _gathered(self) -> list[SearchRecord]:
        """Return what has come together shortly after the first."""
        records = [self._queue.get()]
        time.sleep(GATHER_S)
        with suppress(Empty):
            while len(records) < BATCH:
                records.append(self._queue.get_nowait())
        return records

    def _write_all(self, records: Sequence[SearchRecord]) -> None:
        """Write all at once, or else one by one: an artifact that has just gone spoils only its own search."""
        try:
            self._write_when_possible(records)
        except DatabaseError:
            connection.close_if_unusable_or_obsolete()
            for record in records:
                try:
                    self._write([record])
                except DatabaseError:
                    logger.exception("A search could not be written down")

    def _write_when_possible(self, records: Sequence[SearchRecord]) -> None:
        """Write; where the database is away, wait for it to come back."""
        deadline = time.monotonic() + OUTAGE_S
        while True:
            try:
                return self._write(records)
            except (OperationalError, InterfaceError):
                connection.close_if_unusable_or_obsolete()
                if time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE_S)


search_log = SearchLog()


def log_search(search: LoggedSearch, *, visitor: str) -> UUID | None:
    """Have a search written down; return the event's id, ``None`` where it cannot be.

    With ``SEARCH_LOG_IN_REQUEST`` it is written before this returns, as tests want it.
    """
    record = record_of(search, visitor=visitor)
    if not settings.SEARCH_LOG_IN_REQUEST:
        return record.id if search_log.put(record) else None
    try:
        write_searches([record])
    except DatabaseError:
        logger.exception("A search could not be written down")
        return None
    return record.id

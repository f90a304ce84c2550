"""Lines of JSON from PostgreSQL to the client in constant memory, all of one moment."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from typing import Any

import psycopg
from django.db import connection

# Reads until this much is there, then hands it on: fewer and larger writes, and the first one early.
FIRST_PIECE_BYTES, PIECE_BYTES = 1, 1 << 16
# A reader that takes longer than this loses the connection, not the database its patience.
LONGEST_S = 1_800
AT_ONCE = 4
# Of these one reader has so many, so that one who reads slowly leaves some to the others.
OF_ONE = 2
SLOTS, SLOTS_OF_ONE = 7_281_100, 7_281_200
# CSV whose quote and delimiter never stand in JSON, so every line comes out as it is: nothing to unescape.
COPY = "COPY ({statement}) TO STDOUT (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')"


class BusyError(Exception):
    """As many exports as may run at once are running."""


@contextmanager
def one_moment(*, reader: str = "") -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection of its own on which everything is read as of one moment, and nothing written.

    Not the request's: an export lives as long as its reader takes, and what it sees must not move. ``reader``
    names who reads; what the site itself reads counts against nobody.

    Raises:
        BusyError: all slots are taken, or all that one reader may have.
        psycopg.OperationalError: the database does not answer, or has no connection left.
    """
    params: dict[str, Any] = connection.get_connection_params()
    with psycopg.connect(**params) as own:
        own.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        own.read_only = True
        own.execute(f"SET LOCAL statement_timeout = '{LONGEST_S}s'")
        if reader:
            _take_slot_of(own, reader)
        _take_slot(own)
        yield own


def _take_slot_of(own: psycopg.Connection[Any], reader: str) -> None:
    """Hold one of a reader's own slots until the transaction ends."""
    for slot in range(OF_ONE):
        place = [SLOTS_OF_ONE + slot, reader]
        row = own.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", place).fetchone()
        if row and row[0]:
            return
    raise BusyError(f"{OF_ONE} exports are on their way to you already")


def _take_slot(own: psycopg.Connection[Any]) -> None:
    """Hold one of the slots until the transaction ends."""
    for slot in range(AT_ONCE):
        row = own.execute("SELECT pg_try_advisory_xact_lock(%s)", [SLOTS + slot]).fetchone()
        if row and row[0]:
            return
    raise BusyError(f"{AT_ONCE} exports are running already")


def pieces(own: psycopg.Connection[Any], statement: str) -> Generator[bytes, None, None]:
    """Yield the rows of a statement, each of which is a line, in pieces of whole lines."""
    wanted = FIRST_PIECE_BYTES
    held: list[bytes] = []
    size = 0
    with own.cursor().copy(COPY.format(statement=statement)) as copy:
        for row in copy:
            held.append(bytes(row))
            size += len(row)
            if size >= wanted:
                yield b"".join(held)
                held, size, wanted = [], 0, PIECE_BYTES
    if held:
        yield b"".join(held)


Form = Callable[[Generator[bytes, None, None]], Generator[bytes, None, None]]


def as_lines(lines: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """Leave lines as they are."""
    return lines


class Stream:
    """An export on its way to a client; ``close`` ends it wherever it stands, and Django always calls it.

    Raises:
        BusyError: all slots are taken, or all that one reader may have.
        OperationalError: the database is away, said by Django's error as everywhere else.
    """

    def __init__(self, statement: str, *, form: Form = as_lines, reader: str = "") -> None:
        self._stack = ExitStack()
        try:
            with connection.wrap_database_errors:
                self._rows = self._begun(statement, form, reader=reader)
        except BaseException:
            self._stack.close()
            raise

    def _begun(self, statement: str, form: Form, *, reader: str) -> Iterator[bytes]:
        own = self._stack.enter_context(one_moment(reader=reader))
        lines = pieces(own, statement)
        self._stack.callback(lines.close)
        rows = form(lines)
        self._stack.callback(rows.close)
        # Read here and now, so that a failure is still an error and not half a file.
        return chain([next(rows, b"")], rows)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """Return the next piece; with the last one the connection is given back."""
        try:
            return next(self._rows)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connection back."""
        self._stack.close()

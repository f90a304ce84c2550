"""Locks between processes that outlive transactions and die with who holds them."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def process_lock(key: int, *, waits: bool) -> Iterator[bool]:
    """Hold an advisory lock while the block runs; yields whether it was to be had, True after waiting for it.

    It belongs to an open transaction on a connection of its own: behind pgbouncer in transaction mode a lock
    of a session would be left to whoever gets that session next. PostgreSQL lets go of it when the connection
    ends, however that comes about.

    Raises:
        psycopg.OperationalError: the database does not answer.
    """
    params: dict[str, Any] = connection.get_connection_params()
    own = psycopg.connect(**params)
    try:
        if waits:
            own.execute("SELECT pg_advisory_xact_lock(%s)", [key])
            yield True
        else:
            row = own.execute("SELECT pg_try_advisory_xact_lock(%s)", [key]).fetchone()
            yield bool(row and row[0])
    finally:
        # Closing alone would let go only once the server has noticed; a broken connection has let go already.
        with suppress(psycopg.OperationalError):
            own.rollback()
        own.close()

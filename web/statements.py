"""A limit on what one statement of a search may cost the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled


class TooExpensiveError(Exception):
    """A statement ran into its limit; what was asked for has to be narrower."""


@contextmanager
def limited_statements(limit_ms: int | None = None) -> Iterator[None]:
    """Let no statement inside this block run longer than ``limit_ms`` milliseconds.

    Without a limit the setting ``SEARCH_STATEMENT_MS`` counts. The limit goes with the transaction, so it
    holds behind a pooler too and never stays on a connection.

    Raises:
        TooExpensiveError: a statement was cancelled.
    """
    limit = settings.SEARCH_STATEMENT_MS if limit_ms is None else limit_ms
    is_inside = connection.in_atomic_block
    try:
        with transaction.atomic():
            before = _set_limit(str(limit))
            yield
            # A transaction of its own takes the limit with it; somebody else's must get theirs back.
            if is_inside:
                _set_limit(before)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooExpensiveError("The search took longer than it may") from error
        raise


def _set_limit(limit: str) -> str:
    """Set the limit for the rest of the transaction; return the one before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)", [limit]
        )
        row = cursor.fetchone()
    return str(row[0]) if row else "0"

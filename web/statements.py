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
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(limit)])
            yield
            if connection.in_atomic_block and connection.savepoint_ids:
                # Inside somebody's transaction the limit must not outlive this block.
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooExpensiveError("The search took longer than it may") from error
        raise

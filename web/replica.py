"""A copy of the database that only public pages read, and only where nobody waits for what they have written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

REPLICA: Final = "replica"
_reads_replica: ContextVar[bool] = ContextVar("reads_replica", default=False)


def has_replica() -> bool:
    """Whether the site has a copy to read from."""
    return REPLICA in settings.DATABASES


@contextmanager
def replica_reads() -> Iterator[None]:
    """Let the models be read from the copy inside this block.

    Only for what is the same for everybody and kept for a minute anyway: forms, dashboards, limits, tasks and
    statements written by hand go to the primary, so whoever writes something reads it at once.
    """
    token = _reads_replica.set(True)
    try:
        yield
    finally:
        _reads_replica.reset(token)


class ReplicaRouter:
    """Sends reads of models inside ``replica_reads`` to the copy; everything else stays with the primary."""

    def db_for_read(self, _model: type[Model], **_hints: Any) -> str:
        """Name the database: inside a transaction always the one that is written to."""
        is_writing = connections[DEFAULT_DB_ALIAS].in_atomic_block
        return REPLICA if _reads_replica.get() and not is_writing else DEFAULT_DB_ALIAS

    def db_for_write(self, _model: type[Model], **_hints: Any) -> str:
        """Name the primary."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _first: Model, _second: Model, **_hints: Any) -> bool:
        """Both hold the same rows."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """The copy follows by itself."""
        return db != REPLICA

"""What happens around migrations: they wait for no lock for long."""

from typing import Any, Final

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate
from django.dispatch import receiver

LOCK_TIMEOUT: Final = "5s"


@receiver(pre_migrate)
def wait_for_no_lock_for_long(using: str, **_kwargs: Any) -> None:
    """Let a migration that cannot have its lock give up: whoever asks after it would wait behind it."""
    _execute(connections[using], f"SET lock_timeout = '{LOCK_TIMEOUT}'")


@receiver(post_migrate)
def wait_as_before(using: str, **_kwargs: Any) -> None:
    """Give the connection back as it was."""
    _execute(connections[using], "RESET lock_timeout")


def _execute(connection: BaseDatabaseWrapper, statement: str) -> None:
    # Behind pgbouncer in transaction mode the next statement may be another session's: set it for the role.
    if connection.vendor != "postgresql" or settings.DATABASE_POOLED:
        return
    with connection.cursor() as cursor:
        cursor.execute(statement)

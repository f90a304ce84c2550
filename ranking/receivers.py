"""What the rank does when something else has happened."""

from typing import Any

from ranking.services.reader_role import ensure_reader_role


def set_up_reader_role(**_event: Any) -> None:
    """Give the rank's role its rights on the tables that a migration has left."""
    ensure_reader_role()

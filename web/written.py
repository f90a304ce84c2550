"""Waiting for what is written beside a request."""

import time
from typing import Final
from uuid import UUID

from matchgraph.models import SearchEvent

# Who answers a search at once, or while much is being searched, is waited for this often.
LOOKS: Final = 4
BETWEEN_LOOKS_S: Final = 0.1


def is_search_written(event_id: UUID) -> bool:
    """Whether a search is in the database, after waiting for it a little: it is written beside its request."""
    for look in range(LOOKS):
        if look:
            time.sleep(BETWEEN_LOOKS_S)
        if SearchEvent.objects.filter(pk=event_id).exists():
            return True
    return False

"""How a database that is away, or gives up, shows itself."""

from typing import Final

from django.db import InterfaceError, OperationalError

# Lost connections, a server that starts or stops, a full disk, a statement or a lock that took too long.
AWAY: Final[tuple[type[Exception], ...]] = (OperationalError, InterfaceError)
RETRY_AFTER_S: Final = 5

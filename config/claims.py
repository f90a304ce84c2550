"""What only one process on a machine may hold: a data directory, a port."""

import contextlib
import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

PORTS_TO_TRY = 50
BACKLOG = 128


class TakenError(Exception):
    """Somebody else holds it; the message says who."""


@contextlib.contextmanager
def sole_use(data_dir: Path) -> Iterator[None]:
    """Hold the data directory against a second run.

    The kernel drops the lock with the process, so there is no stale lock to recover from. Raises
    ``TakenError``.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "up.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            message = f"Already running on {data_dir} (process {holder}); stop that one first."
            raise TakenError(message) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def listen(port: int, *, host: str = "127.0.0.1") -> socket.socket:
    """Return a socket that listens on the first free port from ``port`` on. Raises ``TakenError``."""
    for candidate in range(port, min(port + PORTS_TO_TRY, 65_536)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(BACKLOG)
        except OSError as error:
            listener.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
        else:
            return listener
    message = f"No free port from {port} on."
    raise TakenError(message)


def still_listening(listener: socket.socket) -> socket.socket:
    """Return a socket that listens where this one did: itself, or a new one where a server has shut it down.

    Gunicorn shuts the socket that it was given when it is asked to end; when it is killed, callers wait in it.
    """
    if listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return listener
    address = listener.getsockname()
    listener.close()
    return socket.create_server(address, backlog=BACKLOG)

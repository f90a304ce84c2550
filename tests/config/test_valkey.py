import os
import signal
from pathlib import Path

import redis

from config.embedded import places
from config.embedded.valkey import start_valkey
from config.processes import Child


def start(data_dir: Path) -> Child:
    data_dir.mkdir(exist_ok=True)
    return start_valkey(data_dir, log=data_dir / "valkey.log")


def client(data_dir: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(places.valkey_socket(data_dir)), decode_responses=True)


def test_it_listens_on_its_socket_alone_and_keeps_its_queues(place: Path) -> None:
    server = start(place / "data")
    with client(place / "data") as connection:
        assert connection.config_get("port") == {"port": "0"}
        connection.lpush("generate", "message")
    server.stop()
    assert server.exit_code == 0
    server = start(place / "data")
    with client(place / "data") as connection:
        assert connection.lrange("generate", 0, -1) == ["message"]
    server.stop()


def test_after_sigkill_and_with_a_socket_left_behind_it_starts_again(place: Path) -> None:
    server = start(place / "data")
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    assert places.valkey_socket(place / "data").exists()
    server = start(place / "data")
    with client(place / "data") as connection:
        assert connection.ping()
    server.stop()


def test_a_server_that_was_left_behind_is_stopped_and_replaced(place: Path) -> None:
    left = start(place / "data")
    server = start(place / "data")
    assert left.exit_code is not None
    assert server.exit_code is None
    server.stop()

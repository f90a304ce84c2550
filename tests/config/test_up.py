import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.processes import leftovers
from config.site import CHECKOUT

pytestmark = pytest.mark.slow


def environment(data_dir: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "BROKER_URL")}
    return {**kept, "DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "config.settings.dev"}


def up(data_dir: Path, *, port: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "up", "--no-evaluate", "--port", str(port)],
        cwd=CHECKOUT,
        env=environment(data_dir),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def running(data_dir: Path, *, port: int, until: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Yield the process with what it has printed once that contains ``until``; stop it afterwards."""
    with up(data_dir, port=port) as process:
        assert process.stdout is not None
        said = ""
        while until not in said:
            line = process.stdout.readline()
            if not line:
                pytest.fail(f"It ended early:\n{said}\n{process.communicate()[1]}")
            said += line
        try:
            yield process, said
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def all_of(data_dir: Path) -> list[int]:
    return [
        found.pid for found in leftovers(data_dir, server_dirs=[data_dir / "postgres", data_dir / "valkey"])
    ]


def assert_a_second_is_refused(data_dir: Path, first: "subprocess.Popen[str]") -> None:
    with up(data_dir, port=free_port()) as second:
        _, complaint = second.communicate(timeout=60)
    assert second.returncode == 1
    assert re.fullmatch(rf"CommandError: Already running .*process {first.pid}.*\n", complaint)


def assert_it_serves(said: str) -> None:
    url = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert url is not None
    with urllib.request.urlopen(url[0]) as page:  # noqa: S310 - our own URL
        assert page.status == 200


def test_a_site_comes_up_survives_sigkill_and_leaves_nothing_behind(place: Path) -> None:
    data_dir = place / "data"
    with running(data_dir, port=free_port(), until="/compare/tiny-a-vs-tiny-b/") as (first, said):
        assert re.search(r"Catalogue: [1-9]\d* created", said)
        assert_it_serves(said)
        assert_a_second_is_refused(data_dir, first)
        first.kill()
        first.wait()
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with running(data_dir, port=port, until="Ctrl-C stops everything") as (second, said):
            assert re.search(rf"Port {port} is busy; using \d+\.", said)
            assert "Catalogue: 0 created, 0 updated" in said
            assert_it_serves(said)
            assert all_of(data_dir)
    assert second.returncode == 0
    assert not all_of(data_dir)

import os
import re
import signal
import socket
import subprocess
import sys
import time
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
def running(data_dir: Path, *, port: int) -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    """Yield the process once it has done its work, with the lines that it has printed."""
    with up(data_dir, port=port) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while sum(line.startswith("Open ") for line in lines) < 2:
            line = process.stdout.readline()
            if not line:
                pytest.fail(f"It ended early:\n{''.join(lines)}\n{process.communicate()[1]}")
            lines.append(line)
        try:
            yield process, lines
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


def test_it_serves_refuses_a_second_and_leaves_nothing_behind(place: Path) -> None:
    with running(place / "data", port=free_port()) as (process, lines):
        url = re.search(r"http://127\.0\.0\.1:\d+", "".join(lines))
        assert url is not None
        with urllib.request.urlopen(url[0]) as page:  # noqa: S310 - our own URL
            assert page.status == 200
        with up(place / "data", port=free_port()) as second:
            _, complaint = second.communicate(timeout=60)
        assert second.returncode == 1
        assert re.fullmatch(rf"CommandError: Already running .*process {process.pid}.*\n", complaint)
        assert all_of(place / "data")
    assert process.returncode == 0
    assert not all_of(place / "data")


def test_after_sigkill_it_starts_again_with_its_data_and_on_another_port_if_need_be(place: Path) -> None:
    with running(place / "data", port=free_port()) as (first, lines):
        assert re.search(r"Catalogue: [1-9]\d* created", "".join(lines))
        first.kill()
        first.wait()
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        began = time.monotonic()
        with running(place / "data", port=port) as (second, lines):
            assert re.search(rf"Port {port} is busy; using \d+\.", "".join(lines))
            assert "Catalogue: 0 created, 0 updated" in "".join(lines)
            assert time.monotonic() - began < 30
    assert second.returncode == 0
    assert not all_of(place / "data")

"""Fixtures for real servers and a real worker process."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from config import celery_app, embedded
from config.broker import empty, return_unacknowledged
from config.embedded import places
from config.embedded.postgres import start_postgres
from config.embedded.valkey import start_valkey
from config.processes import Child
from config.site import worker_command

WORKER_PATIENCE_S = 60


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """Start PostgreSQL and Valkey for the session, unless the environment names servers."""
    data_dir: Path = settings.DATA_DIR
    children = []
    if "DATABASE_URL" not in os.environ:
        children.append(start_postgres(data_dir, log=data_dir / "postgres.log", durable=False))
    if "BROKER_URL" not in os.environ:
        children.append(start_valkey(data_dir, log=data_dir / "valkey.log"))
    yield
    for child in reversed(children):
        child.stop()
    places.release_socket_dir(data_dir)


class Worker:
    """A Celery worker process on the test database; ``kill`` ends it as a power cut would."""

    def __init__(self) -> None:
        self._child: Child | None = None

    def start(self) -> None:
        """Start the process, give it what a killed one left unfinished, and wait until it listens."""
        return_unacknowledged(celery_app)
        command = worker_command(settings.DATA_DIR, concurrency=1, env=_worker_environment())
        log = settings.DATA_DIR / "worker.log"
        seen = log.stat().st_size if log.exists() else 0
        self._child = Child(command)
        deadline = time.monotonic() + WORKER_PATIENCE_S
        while b" ready." not in log.read_bytes()[seen:]:
            if self._child.exit_code is not None or time.monotonic() > deadline:
                pytest.fail(f"The worker did not start:\n{log.read_text()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """Send SIGKILL to the worker and its pool."""
        if self._child is not None:
            self._child.kill()

    def stop(self) -> None:
        """Stop the worker in order."""
        if self._child is not None:
            self._child.stop()


@pytest.fixture
def worker(transactional_db: None) -> Iterator[Worker]:
    """Return a started worker for all queues; it sees what the test commits."""
    empty(celery_app)
    process = Worker()
    try:
        process.start()
        yield process
    finally:
        process.stop()
        empty(celery_app)


def _worker_environment() -> dict[str, str]:
    url = urlsplit(os.environ.get("DATABASE_URL") or embedded.database_url(settings.DATA_DIR))
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "DATABASE_URL": url._replace(path=f"/{name}").geturl(),
        "BROKER_URL": settings.CELERY_BROKER_URL,
    }

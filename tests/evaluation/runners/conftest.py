"""A server on this machine stands in for every API."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.catalog.sources.server import SourceServer

KEY = "sk-test-0123456789"


@pytest.fixture
def server() -> Iterator[SourceServer]:
    """Return a server that answers 404 until it is told more."""
    started = SourceServer()
    yield started
    started.stop()


@pytest.fixture
def api(server: SourceServer, settings: Settings) -> SourceServer:
    """Let the endpoint "local" be that server, with a key and little patience."""
    settings.EVALUATION_ENDPOINTS = {
        "local": {
            "url": f"{server.url}/v1",
            "key": KEY,
            "first_wait_s": 0.0,
            "longest_wait_s": 2.0,
            "reply_s": 0.5,
            "silence_s": 0.4,
            "max_bytes": 200_000,
            "attempts": 3,
        },
    }
    return server

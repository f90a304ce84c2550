"""A server on this machine stands in for every source."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.catalog.sources.server import SourceServer


@pytest.fixture
def server() -> Iterator[SourceServer]:
    """Return a server that answers 404 until it is told more."""
    started = SourceServer()
    yield started
    started.stop()


@pytest.fixture
def sources(server: SourceServer, settings: Settings) -> SourceServer:
    """Let all connectors read from the server, as strangers."""
    names = ("openrouter", "huggingface", "github", "pypi", "pypistats", "replicate", "civitai", "modelsdev")
    settings.CONNECTOR_URLS = {name: f"{server.url}/{name}" for name in names}
    settings.CONNECTOR_TOKENS = {}
    return server

"""What a connector makes of a made-up server's answers."""

from typing import Any

from catalog.sources import CONNECTORS
from catalog.sources.base import Page, Query, Source
from catalog.sources.fetch import Fetcher, Limits
from tests.catalog.sources.server import SourceServer


def read(server: SourceServer, source: Source, *ids: str, **query: Any) -> list[Page]:
    """Return a connector's pages."""
    names = ("openrouter", "huggingface", "github", "pypi", "pypistats", "replicate", "civitai", "modelsdev")
    urls = {name: f"{server.url}/{name}" for name in names}
    fetcher = Fetcher(limits=Limits(attempts=2), sleep=lambda _seconds: None)
    return list(CONNECTORS[source](fetcher, urls).pages(Query(ids=ids, **query)))

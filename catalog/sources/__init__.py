"""Connectors: each reads one outside source. A new one needs a line in ``CONNECTORS``."""

from collections.abc import Mapping
from typing import TypeAlias

from catalog.sources.base import Source
from catalog.sources.github import GitHub
from catalog.sources.huggingface import HuggingFace
from catalog.sources.openrouter import OpenRouter
from catalog.sources.pypi import PyPI

AnyConnector: TypeAlias = type[GitHub | HuggingFace | OpenRouter | PyPI]

CONNECTORS: Mapping[Source, AnyConnector] = {
    connector.source: connector for connector in (OpenRouter, HuggingFace, GitHub, PyPI)
}

"""Connectors: each reads one outside source. A new one needs a line in ``CONNECTORS``."""

from collections.abc import Mapping
from typing import TypeAlias

from catalog.sources.base import Source
from catalog.sources.civitai import Civitai
from catalog.sources.github import GitHub
from catalog.sources.huggingface import HuggingFace
from catalog.sources.manifest import BuilderManifest
from catalog.sources.modelsdev import ModelsDev
from catalog.sources.openrouter import OpenRouter
from catalog.sources.pypi import PyPI
from catalog.sources.replicate import Replicate

AnyConnector: TypeAlias = type[
    BuilderManifest | Civitai | GitHub | HuggingFace | ModelsDev | OpenRouter | PyPI | Replicate
]

CONNECTORS: Mapping[Source, AnyConnector] = {
    connector.source: connector
    for connector in (OpenRouter, HuggingFace, GitHub, PyPI, Replicate, Civitai, ModelsDev, BuilderManifest)
}

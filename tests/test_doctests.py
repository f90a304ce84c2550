"""The examples in docstrings are right."""

import doctest
import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

import catalog
import evaluation
import matchgraph
import ranking
import web

APPS: tuple[ModuleType, ...] = (catalog, evaluation, matchgraph, ranking, web)
# Commands and migrations have no examples; the bundled models' trainers need torch to be imported.
SKIPPED = ("management", "migrations", "bundled", "__main__")
MODULES = [
    module.name
    for app in APPS
    for module in pkgutil.walk_packages(app.__path__, f"{app.__name__}.")
    if not set(module.name.split(".")) & set(SKIPPED)
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0

"""The examples in docstrings are right."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import web

MODULES = [
    module.name
    for module in pkgutil.walk_packages(web.__path__, "web.")
    if not module.name.startswith("web.management")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0

"""A worker loads a model once, and lets go of one before it takes the next."""

from typing import Any

import pytest

from evaluation.runners import registry
from evaluation.runners.base import RecipeSpec
from evaluation.runners.registry import SessionCache


class Counting:
    """A runner that notes what it loads."""

    def __init__(self, loaded: list[str]) -> None:
        self._loaded = loaded

    def load(self, recipe: RecipeSpec) -> str:
        self._loaded.append(recipe.location)
        return recipe.location


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(registry, "load_runner", lambda _name: Counting(names))
    return names


def take(cache: SessionCache, *names: str) -> None:
    for name in names:
        cache.get(name, RecipeSpec(runner="counting", location=name, revision="1"))


def test_a_model_is_loaded_once_as_long_as_its_messages_keep_naming_it(loaded: list[str]) -> None:
    take(SessionCache(most_held=2), "a", "a", "b", "a", "b", "c", "b", "a")
    assert loaded == ["a", "b", "c", "a"]


def test_a_worker_for_large_models_holds_one(loaded: list[str], settings: Any) -> None:
    settings.EVALUATION_MODELS_HELD = 1
    take(SessionCache(), "a", "a", "b", "b", "a")
    assert loaded == ["a", "b", "a"]

"""Runners by name, and the models that this process holds."""

from __future__ import annotations

from collections import OrderedDict
from importlib import import_module
from typing import Final, cast

from evaluation.conf import models_held, process_limits
from evaluation.runners.base import RecipeError, RecipeSpec, Runner, Session
from evaluation.runners.isolated.session import IsolatedRunner
from evaluation.runners.placement import Needs
from evaluation.runners.shapes import Shape

_MODULES: Final = {
    "diffusers": "evaluation.runners.diffusers:DiffusersRunner",
    "painter": "evaluation.runners.painter:PainterRunner",
    "openai-images": "evaluation.runners.remote.openai_images:make_runner",
    "openai-chat": "evaluation.runners.remote.openai_chat:make_runner",
    "automatic1111": "evaluation.runners.remote.automatic1111:make_runner",
}
# Those that run a model's code and weights on this machine; the others ask a service.
_RUNS_MODELS: Final = frozenset({"diffusers"})


def load_runner(name: str) -> Runner:
    """Import a runner; the libraries that it needs come with it."""
    if name not in _MODULES:
        raise RecipeError(f"unknown runner {name!r}; there are {', '.join(sorted(_MODULES))}")
    module, attribute = _MODULES[name].split(":")
    return cast("Runner", getattr(import_module(module), attribute)())


def confined_runner(name: str) -> Runner:
    """Return a runner; where models are run on this machine, one that keeps them in a process of their own."""
    limits = process_limits()
    return IsolatedRunner(limits) if limits and name in _RUNS_MODELS else load_runner(name)


def size_recipe(recipe: RecipeSpec, shape: Shape) -> Needs:
    """Return what a recipe needs of a machine; the model libraries are imported only now."""
    counted: Needs = import_module("evaluation.runners.sizing").needs(recipe, shape)
    return counted


class SessionCache:
    """The models used last; a worker loads a model once as long as its messages keep naming it."""

    def __init__(self, *, most_held: int | None = None) -> None:
        self._held: OrderedDict[str, Session] = OrderedDict()
        self._most_held = most_held

    def holds(self, digest: str) -> bool:
        """Whether the recipe's model is loaded."""
        return digest in self._held

    def get(self, digest: str, recipe: RecipeSpec) -> Session:
        """Return the session of a recipe, loading it where it is not held."""
        if digest not in self._held:
            while len(self._held) >= (self._most_held or models_held()):
                self._held.popitem(last=False)
            self._held[digest] = confined_runner(recipe.runner).load(recipe)
        self._held.move_to_end(digest)
        return self._held[digest]

"""The worker's side of a model that runs in a process of its own."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path

from evaluation.runners.base import Generated, PromptSeed, RecipeError, RecipeSpec
from evaluation.runners.isolated.frames import FrameError, generated_from_frame, prompt_to_json, words
from evaluation.runners.isolated.limits import Limits
from evaluation.runners.isolated.process import ModelProcess, ModelProcessError

logger = logging.getLogger(__name__)


class IsolatedRunner:
    """Runs a model by another runner's name in a process without secrets and without the network."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def load(self, recipe: RecipeSpec) -> IsolatedSession:
        """Load the model; where its weights are not on this machine, fetch them first in a process of its own.

        Raises:
            RecipeError: it must not or cannot be run.
            ModelProcessError: its process did not come up.
        """
        try:
            return IsolatedSession(recipe, self.limits)
        except RecipeError:
            if Path(recipe.location).is_dir():
                raise
        self._fetch(recipe)
        return IsolatedSession(recipe, self.limits)

    def _fetch(self, recipe: RecipeSpec) -> None:
        process = ModelProcess(recipe, limits=self.limits, only_fetch=True)
        try:
            process.expect("confined", within_s=self.limits.load_s)
            process.load(recipe)
            process.expect("fetched", within_s=self.limits.load_s)
        finally:
            process.end()


class IsolatedSession:
    """A model in a process of its own. Where the process has ended, the next use starts another."""

    def __init__(self, recipe: RecipeSpec, limits: Limits) -> None:
        self._recipe = recipe
        self._limits = limits
        self._environment: dict[str, str] = {}
        self._process = self._started()

    def environment(self) -> dict[str, str]:
        """Return library versions, hardware, and what of the network the process reaches."""
        return dict(self._environment)

    def generate(self, prompts: Sequence[PromptSeed]) -> Iterator[Generated]:
        """Yield one result for every prompt, each as soon as it is there.

        Raises:
            ModelProcessError: the process failed; the results so far stand.
        """
        if not self._process.is_alive:
            self._process = self._started()
        process, wanted = self._process, {prompt.sample_id for prompt in prompts}
        is_whole = False
        try:
            process.tell({"kind": "generate", "prompts": [prompt_to_json(prompt) for prompt in prompts]})
            while (answer := process.hear(within_s=self._limits.result_s))[0].get("kind") == "result":
                yield _checked(generated_from_frame(*answer), wanted)
            is_whole = answer[0].get("kind") == "done" and not wanted
        except FrameError as error:
            raise ModelProcessError(f"the model's process: {error}") from error
        finally:
            # What is left of a chunk that was given up must not be taken for the next chunk's.
            if not is_whole:
                process.end()
        if not is_whole:
            raise ModelProcessError(f"the model's process stopped with {len(wanted)} results missing")

    def _started(self) -> ModelProcess:
        process = ModelProcess(self._recipe, limits=self._limits)
        # A session that is dropped takes its process with it, also when the worker ends.
        weakref.finalize(self, process.end)
        try:
            # Said before it has read any weights; what it says with them may be their word.
            confined = process.expect("confined", within_s=self._limits.load_s)
            confinement = _table(confined.get("confinement"))
            self._check_network(confinement.get("network", ""))
            process.load(self._recipe)
            answer = process.expect("loaded", within_s=self._limits.load_s)
            self._environment = _table(answer.get("environment")) | confinement
        except BaseException:
            process.end()
            raise
        return process

    def _check_network(self, network: str) -> None:
        if network.startswith("none"):
            return
        logger.warning("The model's process has the network: %s", network)
        if self._limits.requires_no_network:
            raise RecipeError(f"the model's process cannot be kept from the network ({network})")


def _table(said: object) -> dict[str, str]:
    """Return what a process says of itself, as far as it is a table of words."""
    if not isinstance(said, dict):
        raise ModelProcessError("the model's process does not say what it runs with")
    return {words(name, most=200): words(value, most=500) for name, value in said.items()}


def _checked(result: Generated, wanted: set[int]) -> Generated:
    """Return a result that was asked for and not given yet."""
    if result.sample_id not in wanted:
        raise FrameError(f"a result for sample {result.sample_id}, which was not asked for")
    wanted.discard(result.sample_id)
    return result

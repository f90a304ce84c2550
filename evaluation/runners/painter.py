"""A painter in place of a model: it draws the spec with known error rates, so that tests can recover them.

The rates are options of the recipe: ``misspelling``, ``wrong_count``, ``wrong_colour``,
``extra_finger``, ``filtered`` and ``error``, each the probability per picture. All follow from the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from evaluation.bundled.drawing import draw
from evaluation.bundled.specs import Scene
from evaluation.bundled.vocabulary import INKS
from evaluation.runners.base import Generated, Outcome, PromptSeed, RecipeError, RecipeSpec

_LETTERS: Final = "ABDEFGHKLMNPRTY"
_FEWEST, _MOST = 1, 9
_MOST_FINGERS: Final = 7


class PainterRunner:
    """Runs recipes whose ``options`` are error rates."""

    def load(self, recipe: RecipeSpec) -> PainterSession:
        """Check the rates."""
        known = {*_FAULTS, "filtered", "error"}
        for name, rate in recipe.options.items():
            if name not in known:
                raise RecipeError(f"unknown painter option {name!r}; there are {', '.join(sorted(known))}")
            if not 0.0 <= float(rate) <= 1.0:
                raise RecipeError(f"painter option {name} must be 0 to 1, not {rate}")
        return PainterSession(recipe)


@dataclass(frozen=True)
class PainterSession:
    """Paints one prompt after the other."""

    recipe: RecipeSpec

    def environment(self) -> dict[str, str]:
        """Return nothing that varies: the painter depends on its seed alone."""
        return {"painter": self.recipe.revision}

    def generate(self, prompts: Sequence[PromptSeed]) -> Iterator[Generated]:
        """Yield a painted picture, or a planted refusal or failure, for every prompt."""
        for prompt in prompts:
            yield self._paint(prompt)

    def _paint(self, prompt: PromptSeed) -> Generated:
        rng = np.random.default_rng(prompt.seed)
        draws = draw_faults(rng)
        happens = {name: draws[name] < float(self.recipe.options.get(name, 0.0)) for name in draws}
        if happens["filtered"]:
            return Generated(prompt.sample_id, None, Outcome.FILTERED, "planted refusal", prompt.text)
        if happens["error"]:
            return Generated(prompt.sample_id, None, Outcome.ERROR, "planted failure", prompt.text)
        scene = prompt.spec.scene
        for name, plant in _FAULTS.items():
            if happens[name]:
                scene = plant(scene, rng)
        image = draw(scene, rng=rng, size=min(self.recipe.width, self.recipe.height)).image
        return Generated(prompt.sample_id, image, text_sent=prompt.text)


def draw_faults(rng: np.random.Generator) -> dict[str, float]:
    """Return a number from 0 to 1 for each fault: a painter plants it where the number is below its rate.

    Always drawn in the same order, so a painter of higher rates plants a superset of another's faults.
    """
    return {name: float(rng.random()) for name in ("filtered", "error", *_FAULTS)}


def _misspell(scene: Scene, rng: np.random.Generator) -> Scene:
    """Replace one letter of one text by another."""
    if not scene.texts:
        return scene
    place = int(rng.integers(len(scene.texts)))
    word = scene.texts[place].text
    at = int(rng.integers(len(word)))
    letter = str(rng.choice([other for other in _LETTERS if other != word[at]]))
    texts = list(scene.texts)
    texts[place] = replace(texts[place], text=word[:at] + letter + word[at + 1 :])
    return replace(scene, texts=tuple(texts))


def _miscount(scene: Scene, rng: np.random.Generator) -> Scene:
    """Draw one object or person more or less."""
    if scene.objects:
        groups = list(scene.objects)
        place = int(rng.integers(len(groups)))
        groups[place] = replace(groups[place], count=_one_off(groups[place].count, rng))
        return replace(scene, objects=tuple(groups))
    figures = [replace(figure, count=figure.count + 1) for figure in scene.figures]
    return replace(scene, figures=tuple(figures))


def _one_off(count: int, rng: np.random.Generator) -> int:
    choices = [n for n in (count - 1, count + 1) if _FEWEST <= n <= _MOST]
    return int(rng.choice(choices))


def _recolour(scene: Scene, rng: np.random.Generator) -> Scene:
    """Give one object group a colour that nothing else has."""
    if not scene.objects:
        return scene
    taken = {group.colour for group in scene.objects} | {scene.background}
    groups = list(scene.objects)
    place = int(rng.integers(len(groups)))
    groups[place] = replace(groups[place], colour=str(rng.choice([c for c in INKS if c not in taken])))
    return replace(scene, objects=tuple(groups))


def _add_finger(scene: Scene, _rng: np.random.Generator) -> Scene:
    """Give hands a finger, and people an arm, that nobody asked for."""
    figures = [
        replace(figure, fingers=min(_MOST_FINGERS, (figure.fingers or 0) + 1))
        if figure.kind == "hand"
        else replace(figure, arms=(figure.arms or 0) + 1)
        for figure in scene.figures
    ]
    return replace(scene, figures=tuple(figures))


_FAULTS: Final[dict[str, Callable[[Scene, np.random.Generator], Scene]]] = {
    "misspelling": _misspell,
    "wrong_count": _miscount,
    "wrong_colour": _recolour,
    "extra_finger": _add_finger,
}

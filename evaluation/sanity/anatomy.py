"""Does the anatomy scorer tell whole drawn figures from those with a finger or limb too many or too few?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final

import numpy as np
from PIL import Image

from evaluation.bundled.drawing import draw
from evaluation.bundled.specs import Figure, Scene
from evaluation.sanity.base import SIDE, Check, at_least, at_most, blanks, judge
from evaluation.suites.spec import PromptSpec

_PER_KIND: Final = 24


def check_anatomy(*, scale: int = 1) -> Iterator[Check]:
    """Yield the checks of the anatomy scorer, which hold for drawn figures alone."""
    rng = Random(6)  # noqa: S311 - reproducible, not secret
    for kind in ("hand", "person"):
        yield _intact_or_not(kind, rng, n_figures=_PER_KIND * scale)
    yield _hidden(rng)
    yield _blank()


def _intact_or_not(kind: str, rng: Random, *, n_figures: int) -> Check:
    right = 0
    for _ in range(n_figures):
        figure = _figure(kind, rng)
        right += _passes(figure, _painted(figure, rng))
        right += not _passes(figure, _painted(_corrupted(figure, rng), rng))
    accuracy, n = right / (2 * n_figures), 2 * n_figures
    return Check("anatomy", "drawn-figures", f"balanced accuracy, {kind}", accuracy, at_least(0.95), n)


def _hidden(rng: Random) -> Check:
    """Leaving the figure out must not pay: a picture of something else passes never."""
    figures = [_figure(kind, rng) for kind in ("hand", "person") * 6]
    others = figures[1:] + figures[:1]
    passed = [_passes(figure, _painted(other, rng)) for figure, other in zip(figures, others, strict=True)]
    return Check(
        "anatomy", "hidden", "passes without the figure", float(np.mean(passed)), at_most(0.05), len(passed)
    )


def _blank() -> Check:
    passed = [_passes(Figure("hand", fingers=5), image) for image in blanks(seed=6)]
    return Check(
        "anatomy", "blank", "passes on blank and noise", float(np.mean(passed)), at_most(0.05), len(passed)
    )


def _figure(kind: str, rng: Random) -> Figure:
    if kind == "hand":
        return Figure("hand", fingers=rng.randrange(2, 6))
    return Figure("person", rng.randrange(1, 4), arms=2, legs=2, pose=rng.choice(("arms up", "arms down")))


def _corrupted(figure: Figure, rng: Random) -> Figure:
    step = rng.choice((-1, 1))
    if figure.kind == "hand":
        return replace(figure, fingers=(figure.fingers or 0) + step)
    limb = rng.choice(("arms", "legs"))
    return replace(figure, **{limb: getattr(figure, limb) + step})


def _painted(figure: Figure, rng: Random) -> Image.Image:
    scene = Scene(figures=(figure,))
    return draw(scene, rng=np.random.default_rng(rng.randrange(2**32)), size=SIDE).image


def _passes(figure: Figure, image: Image.Image) -> bool:
    return judge("anatomy", image, PromptSpec(Scene(figures=(figure,))))["anatomy_pass"].value == 1.0

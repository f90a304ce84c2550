"""Does the anatomy scorer tell whole drawn figures from those with something wrong?

Whole and spoilt bodies come in pairs that differ in the fault alone: in the style of the demonstration scenes, in the
styles that the network learnt from, and in styles that it has never seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import numpy as np
from PIL import Image

from evaluation.bundled.bodies import FAULTS
from evaluation.bundled.corruptions import DrawnBody, draw_pair
from evaluation.bundled.draw_bodies import TRAINED_STYLES, UNTRAINED_STYLES
from evaluation.bundled.drawing import draw
from evaluation.bundled.specs import Figure, Scene
from evaluation.sanity.base import PUBLISHED, SIDE, Check, at_least, at_most, blanks, judge
from evaluation.scorers.anatomy import log_odds_whole
from evaluation.suites.spec import PromptSpec

_PER_KIND: Final = 24
_PAIRS_PER_FAULT: Final = 4
_UNSEEN_SEED: Final = 2_000_003
_USUAL: Final = {"hand": (5, 0), "person": (2, 2)}


def check_anatomy(*, scale: int = 1) -> Iterator[Check]:
    """Yield the checks of the anatomy scorer, which hold for drawn figures alone."""
    rng = Random(6)  # noqa: S311 - reproducible, not secret
    for kind in ("hand", "person"):
        yield _intact_or_not(kind, rng, n_figures=_PER_KIND * scale)
    yield from _planted("trained-styles", TRAINED_STYLES, scale=scale, least_accuracy=0.9)
    yield from _planted("untrained-styles", UNTRAINED_STYLES, scale=scale, least_accuracy=0.85)
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


@dataclass(frozen=True)
class _Seen:
    """What the scorer made of one body: whether it passed, and its odds of being whole by each way."""

    did_pass: bool
    log_odds: float
    by_geometry: bool
    by_network: float


def _planted(name: str, styles: tuple[str, ...], *, scale: int, least_accuracy: float) -> Iterator[Check]:
    """Balanced accuracy, area under the curve and detection in pairs, over all faults; and each way alone."""
    rng = np.random.default_rng(_UNSEEN_SEED)
    pairs = [
        tuple(_seen(body) for body in draw_pair(kind, fault, _one_of(styles, rng), rng=rng, counts=counts))
        for kind, counts in _USUAL.items()
        for fault in FAULTS
        for _ in range(_PAIRS_PER_FAULT * scale)
    ]
    whole, spoilt = [first for first, _ in pairs], [second for _, second in pairs]
    odds = [[seen.log_odds for seen in side] for side in (whole, spoilt)]
    in_pairs = [a > b for a, b in zip(*odds, strict=True)]
    for measure, value, gate in (
        ("balanced accuracy", _balanced(whole, spoilt, lambda seen: seen.did_pass), at_least(least_accuracy)),
        ("area under the curve", _area(*odds), at_least(0.9)),
        ("the spoilt one of a pair is found", float(np.mean(in_pairs)), at_least(0.85)),
        ("geometry alone, balanced accuracy", _balanced(whole, spoilt, lambda s: s.by_geometry), PUBLISHED),
        (
            "network alone, balanced accuracy",
            _balanced(whole, spoilt, lambda seen: seen.by_network >= 0.5),
            PUBLISHED,
        ),
    ):
        yield Check("anatomy", name, measure, value, gate, 2 * len(pairs))


def _seen(body: DrawnBody) -> _Seen:
    """Judge one body as if a usual one had been asked for."""
    asked = Figure("hand", fingers=5) if body.kind == "hand" else Figure("person", arms=2, legs=2)
    values = judge("anatomy", body.image, PromptSpec(Scene(figures=(asked,))))
    figures = values["anatomy_pass"].evidence["figures"]
    if values["presence"].value != 1.0:
        return _Seen(did_pass=False, log_odds=-np.inf, by_geometry=False, by_network=0.0)
    by_geometry, by_network = figures[0]["geometry"] == "as wanted", figures[0]["whole_by_network"]
    odds = log_odds_whole(by_network, counts_right=by_geometry)
    return _Seen(values["anatomy_pass"].value == 1.0, odds, by_geometry, by_network)


def _balanced(whole: list[_Seen], spoilt: list[_Seen], says_whole: Callable[[_Seen], bool]) -> float:
    kept = np.mean([says_whole(seen) for seen in whole])
    caught = np.mean([not says_whole(seen) for seen in spoilt])
    return float(kept + caught) / 2


def _area(whole: list[float], spoilt: list[float]) -> float:
    """Chance that a whole body has larger odds than a spoilt one, ties counted half (Mann and Whitney 1947)."""
    first, second = np.array(whole)[:, None], np.array(spoilt)[None, :]
    return float(((first > second) + 0.5 * (first == second)).mean())


def _one_of(styles: tuple[str, ...], rng: np.random.Generator) -> str:
    return styles[int(rng.integers(len(styles)))]


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

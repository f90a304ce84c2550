"""Prompts for anatomy: hands with a stated number of fingers, people with stated limbs, groups."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from evaluation.bundled.specs import Figure, Scene
from evaluation.suites.grammar.family import Family
from evaluation.suites.spec import PromptSpec

Draw = Callable[[Random], PromptSpec]
_LIGHT: Final = ("yellow", "pink")
_DARK: Final = ("blue", "green", "black")


def _hand(fingers: int, *, count: int = 1, backgrounds: tuple[str, ...] = ("white",)) -> Draw:
    def draw(rng: Random) -> PromptSpec:
        figure = Figure("hand", count, fingers=fingers)
        return PromptSpec(Scene(background=rng.choice(backgrounds), figures=(figure,)))

    return draw


def _people(
    count: int,
    *,
    pose: str | None = None,
    arms: int = 2,
    legs: int = 2,
    backgrounds: tuple[str, ...] = ("white",),
) -> Draw:
    def draw(rng: Random) -> PromptSpec:
        chosen = pose or rng.choice(("arms up", "arms down"))
        figure = Figure("person", count, arms=arms, legs=legs, pose=chosen)
        return PromptSpec(Scene(background=rng.choice(backgrounds), figures=(figure,)))

    return draw


ANATOMY_FAMILIES: Final = (
    *(Family(f"hand-{n}", "hand", 1 + (n > 3), _hand(n), ("hand", "fingers")) for n in range(1, 6)),
    Family("hand-5-dark", "hand", 2, _hand(5, backgrounds=_DARK), ("hand", "fingers", "background")),
    Family("hand-3-dark", "hand", 2, _hand(3, backgrounds=_DARK), ("hand", "fingers", "background")),
    Family("hand-6", "hand", 5, _hand(6), ("hand", "fingers", "unusual")),
    Family("two-hands-5", "two hands", 5, _hand(5, count=2), ("hand", "fingers", "group")),
    Family("two-hands-3", "two hands", 5, _hand(3, count=2), ("hand", "fingers", "group")),
    Family("person-arms-up", "person", 1, _people(1, pose="arms up"), ("person", "limbs")),
    Family("person-arms-down", "person", 1, _people(1, pose="arms down"), ("person", "limbs")),
    Family(
        "person-background", "person", 2, _people(1, backgrounds=_LIGHT), ("person", "limbs", "background")
    ),
    Family("person-one-arm", "person", 4, _people(1, arms=1), ("person", "limbs", "unusual")),
    Family("person-one-leg", "person", 4, _people(1, legs=1), ("person", "limbs", "unusual")),
    Family("people-2-up", "group", 2, _people(2, pose="arms up"), ("person", "limbs", "group")),
    Family("people-2-down", "group", 2, _people(2, pose="arms down"), ("person", "limbs", "group")),
    Family("people-3-up", "group", 3, _people(3, pose="arms up"), ("person", "limbs", "group")),
    Family("people-3-down", "group", 3, _people(3, pose="arms down"), ("person", "limbs", "group")),
    Family("people-4-down", "group", 5, _people(4, pose="arms down"), ("person", "limbs", "group")),
)

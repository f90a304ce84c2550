"""Anatomy: presence times integrity, on observations and on drawn figures."""

from typing import Any

import numpy as np
import pytest

from evaluation.bundled.drawing import draw
from evaluation.bundled.specs import Figure, Scene
from evaluation.readers.figures import read_figures
from evaluation.scorers.anatomy import score_anatomy
from evaluation.suites.spec import PromptSpec

TWO_PEOPLE = PromptSpec(Scene(figures=(Figure("person", 2, arms=2, legs=2),)))
HAND = PromptSpec(Scene(figures=(Figure("hand", fingers=5),)))


def person(arms: int = 2, legs: int = 2) -> dict[str, Any]:
    return {"kind": "person", "arms": arms, "legs": legs, "box": [0, 0, 1, 1], "marks": []}


def hand(fingers: int = 5) -> dict[str, Any]:
    return {"kind": "hand", "fingers": fingers, "box": [0, 0, 1, 1], "marks": []}


def values(spec: PromptSpec, *figures: dict[str, Any]) -> dict[str, float | None]:
    scored = score_anatomy(spec, {"figures": {"figures": list(figures)}})
    return {value.metric: value.value for value in scored}


def test_whole_people() -> None:
    expected = {"anatomy_pass": 1.0, "presence": 1.0, "integrity": 1.0}
    assert values(TWO_PEOPLE, person(), person()) == expected


def test_hiding_a_person_does_not_pay() -> None:
    assert values(TWO_PEOPLE, person()) == {"anatomy_pass": 0.0, "presence": 0.5, "integrity": 1.0}


def test_a_third_arm_is_a_fault() -> None:
    assert values(TWO_PEOPLE, person(), person(arms=3))["integrity"] == 0.5


def test_nothing_there_leaves_integrity_unscored_but_fails() -> None:
    assert values(HAND) == {"anatomy_pass": 0.0, "presence": 0.0, "integrity": None}
    assert values(HAND, person())["presence"] == 0.0


def test_reason_names_the_fault() -> None:
    reason = score_anatomy(HAND, {"figures": {"figures": [hand(6)]}})[0].reason
    assert reason == "Asked for 1 hand, as asked; wrong: 6 fingers instead of 5."


@pytest.mark.parametrize("size", [64, 256])
@pytest.mark.parametrize("fingers", [1, 2, 3, 4, 5, 6])
def test_reader_counts_fingers(fingers: int, size: int) -> None:
    rng = np.random.default_rng(fingers)
    for background in ("white", "blue"):
        scene = Scene(background=background, figures=(Figure("hand", fingers=fingers),))
        seen = read_figures(draw(scene, rng=rng, size=size).image)["figures"]
        assert [(figure["kind"], figure["fingers"]) for figure in seen] == [("hand", fingers)]


@pytest.mark.parametrize("pose", ["arms up", "arms down"])
@pytest.mark.parametrize(
    ("count", "arms", "legs"), [(1, 2, 2), (2, 2, 2), (3, 2, 2), (1, 1, 2), (1, 3, 2), (1, 2, 3)]
)
def test_reader_counts_people_and_their_limbs(count: int, arms: int, legs: int, pose: str) -> None:
    rng = np.random.default_rng(count)
    scene = Scene(figures=(Figure("person", count, arms=arms, legs=legs, pose=pose),))
    seen = read_figures(draw(scene, rng=rng, size=128).image)["figures"]
    assert [(figure["arms"], figure["legs"]) for figure in seen] == [(arms, legs)] * count

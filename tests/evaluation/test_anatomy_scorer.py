"""Anatomy: presence times integrity, on observations and on drawn figures."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from evaluation.bundled.drawing import draw
from evaluation.bundled.specs import Figure, Scene
from evaluation.readers.figures import read_figures
from evaluation.readers.wholeness import read_wholeness
from evaluation.scorers.anatomy import log_odds_whole, score_anatomy
from evaluation.suites.spec import PromptSpec

TWO_PEOPLE = PromptSpec(Scene(figures=(Figure("person", 2, arms=2, legs=2),)))
HAND = PromptSpec(Scene(figures=(Figure("hand", fingers=5),)))


def person(arms: int = 2, legs: int = 2) -> dict[str, Any]:
    return {"kind": "person", "arms": arms, "legs": legs, "box": [0, 0, 1, 1], "marks": []}


def hand(fingers: int = 5) -> dict[str, Any]:
    return {"kind": "hand", "fingers": fingers, "box": [0, 0, 1, 1], "marks": []}


def sure(figure: dict[str, Any], *, flaw: float = 0.0) -> dict[str, Any]:
    """Let the network count what geometry counted, and see a flaw with this probability."""
    counts = {
        part: [float(number == figure[part]) for number in range(9)]
        for part in ("fingers", "arms", "legs")
        if part in figure
    }
    return {"kind": figure["kind"], "box": figure["box"], "flaw": flaw, **counts}


def values(
    spec: PromptSpec, *figures: dict[str, Any], bodies: list[dict[str, Any]] | None = None
) -> dict[str, float | None]:
    seen = [sure(figure) for figure in figures] if bodies is None else bodies
    scored = score_anatomy(spec, {"figures": {"figures": list(figures)}, "wholeness": {"bodies": seen}})
    return {value.metric: value.value for value in scored}


def test_whole_people() -> None:
    assert values(TWO_PEOPLE, person(), person()) == {
        "anatomy_pass": 1.0,
        "presence": 1.0,
        "integrity": 1.0,
        "anatomy_score": 1.0,
        "channel_agreement": 1.0,
    }


def test_hiding_a_person_does_not_pay() -> None:
    scored = values(TWO_PEOPLE, person())
    assert [scored[m] for m in ("anatomy_pass", "presence", "integrity", "anatomy_score")] == [0, 0.5, 1, 0.5]


def test_a_network_that_is_sure_of_a_flaw_outweighs_the_right_number() -> None:
    scored = values(HAND, hand(), bodies=[sure(hand(), flaw=0.97)])
    assert (scored["integrity"], scored["anatomy_pass"], scored["channel_agreement"]) == (0.0, 0.0, 0.0)
    assert values(HAND, hand(), bodies=[sure(hand(), flaw=0.6)])["integrity"] == 1.0


@given(st.floats(0, 1), st.floats(0, 1))
def test_both_witnesses_pull_their_own_way(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert log_odds_whole(low, counts_right=True) <= log_odds_whole(high, counts_right=True)
    assert log_odds_whole(one, counts_right=False) < log_odds_whole(one, counts_right=True)


def test_readers_that_saw_different_bodies_are_not_put_together() -> None:
    with pytest.raises(ValueError, match="different bodies"):
        values(HAND, hand(), bodies=[sure(hand()) | {"box": [0, 0, 0.5, 1]}])
    with pytest.raises(ValueError, match="zip"):
        values(HAND, hand(), bodies=[])


def test_a_third_arm_is_a_fault() -> None:
    assert values(TWO_PEOPLE, person(), person(arms=3))["integrity"] == 0.5


def test_nothing_there_leaves_integrity_unscored_but_fails() -> None:
    scored = values(HAND)
    assert (scored["anatomy_pass"], scored["integrity"], scored["anatomy_score"]) == (0.0, None, 0.0)
    assert values(HAND, person())["presence"] == 0.0


PERSON = PromptSpec(Scene(figures=(Figure("person", arms=2, legs=2),)))
SPOILT = [sure(person()), sure(person(), flaw=0.97)]


@pytest.mark.parametrize(
    ("spec", "figures", "bodies", "reason"),
    [
        (HAND, [hand(6)], None, "One hand, as asked, but with 6 fingers instead of 5."),
        (HAND, [hand()], None, "One hand, as asked, and whole."),
        (HAND, [], None, "No hand, where one was asked for."),
        (TWO_PEOPLE, [], None, "No people, where two were asked for."),
        (TWO_PEOPLE, [person(), person()], None, "Two people, as asked, each of them whole."),
        (
            TWO_PEOPLE,
            [person(), person()],
            SPOILT,
            "Two people, as asked, but one looking spoilt (whole by 3% only).",
        ),
        (
            TWO_PEOPLE,
            [person(3), person(2, 1)],
            None,
            "Two people, as asked, but one with 3 arms instead of 2 and one with 1 leg instead of 2.",
        ),
        (PERSON, [person(), person()], None, "Two people instead of one, each of them whole."),
        (TWO_PEOPLE, [person(1, 3)], None,
         "One person instead of two, and with 1 arm instead of 2 and 3 legs instead of 2."),
    ],
)  # fmt: skip
def test_reason_is_a_sentence_that_counts_and_names_the_faults(
    spec: PromptSpec, figures: list[dict[str, Any]], bodies: list[dict[str, Any]] | None, reason: str
) -> None:
    seen = [sure(figure) for figure in figures] if bodies is None else bodies
    scored = score_anatomy(spec, {"figures": {"figures": figures}, "wholeness": {"bodies": seen}})
    assert scored[0].reason == reason


def test_the_network_looks_at_the_bodies_that_geometry_found() -> None:
    scene = Scene(figures=(Figure("hand", fingers=4), Figure("person", arms=2, legs=2)))
    image = draw(scene, rng=np.random.default_rng(3), size=128).image
    figures, bodies = read_figures(image)["figures"], read_wholeness(image)["bodies"]
    assert [body["box"] for body in bodies] == [figure["box"] for figure in figures]
    for body in bodies:
        parts = ("fingers",) if body["kind"] == "hand" else ("arms", "legs")
        assert all(sum(body[part]) == pytest.approx(1.0, abs=0.01) for part in parts)
        assert 0.0 <= body["flaw"] <= 1.0
    assert read_wholeness(Image.new("RGB", (64, 64), "white")) == {"bodies": []}


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

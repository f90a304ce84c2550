"""Adherence: questions follow from the spec, and geometry answers them on pictures with known truth."""

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.bundled.drawing import draw
from evaluation.bundled.specs import ObjectGroup, Scene
from evaluation.readers.clip import read_captions
from evaluation.readers.shapes import read_shapes
from evaluation.scorers.adherence import metrics_of, score_adherence
from evaluation.scorers.base import Observations
from evaluation.suites.grammar.adherence import ADHERENCE_FAMILIES
from evaluation.suites.questions import questions
from evaluation.suites.spec import PromptSpec

TWO_RED_STARS = PromptSpec(Scene(objects=(ObjectGroup("star", "red", 2),)))


def shape(name: str, colour: str, *, x: float = 0.5, y: float = 0.5, side: float = 0.2) -> dict[str, Any]:
    half = side / 2
    return {"shape": name, "colour": colour, "box": [x - half, y - half, x + half, y + half]}


def observed(seen: dict[str, Any], **shares: float) -> Observations:
    """What geometry saw, and what the second channel answered to some questions."""
    answers = [{"question": key.replace("_", "-"), "share": share} for key, share in shares.items()]
    return {"shapes": seen, "clip": {"caption": "a star", "similarity": 0.3, "answers": answers}}


def values(spec: PromptSpec, *shapes: dict[str, Any], background: str = "white") -> dict[str, float | None]:
    scored = score_adherence(spec, observed({"background": background, "shapes": list(shapes)}))
    return {value.metric: value.value for value in scored if value.metric in metrics_of(spec)}


def test_everything_right() -> None:
    scored = values(TWO_RED_STARS, shape("star", "red"), shape("star", "red"))
    assert scored == dict.fromkeys(metrics_of(TWO_RED_STARS), 1.0)


def test_one_wrong_thing_costs_its_skill_alone() -> None:
    scored = values(TWO_RED_STARS, shape("star", "red"))
    assert scored["skill_count"] == 0.0
    assert scored["skill_colour"] == scored["skill_shape"] == 1.0
    assert scored["all_correct"] == 0.0
    assert scored["adherence"] == pytest.approx(2 / 3)


def test_what_depends_on_a_missing_shape_fails_with_it() -> None:
    scored = values(TWO_RED_STARS, shape("heart", "red"), shape("heart", "red"))
    assert set(scored.values()) == {0.0}


def test_a_second_colour_among_the_asked_shapes_is_wrong() -> None:
    assert values(TWO_RED_STARS, shape("star", "red"), shape("star", "blue"))["skill_colour"] == 0.0


def test_absence_is_asked_for() -> None:
    spec = PromptSpec(Scene(objects=(ObjectGroup("star", "red"),)), ("heart",))
    assert values(spec, shape("star", "red"))["skill_absence"] == 1.0
    assert values(spec, shape("star", "red"), shape("heart", "blue"))["skill_absence"] == 0.0


def test_relation_needs_a_clear_shift_that_way() -> None:
    spec = PromptSpec.from_dict(
        {
            "objects": [{"shape": "star", "colour": "red"}, {"shape": "heart", "colour": "blue"}],
            "relation": {"subject": 0, "predicate": "left of", "object": 1},
        }
    )
    star, right = shape("star", "red", x=0.2), shape("heart", "blue", x=0.7)
    assert values(spec, star, right)["skill_relation"] == 1.0
    assert values(spec, star, shape("heart", "blue", x=0.22, y=0.8))["skill_relation"] == 0.0
    assert values(spec, right | {"shape": "star"}, star | {"shape": "heart"})["skill_relation"] == 0.0
    assert values(spec, star, right, right)["skill_relation"] == 0.0


def test_reason_names_what_is_wrong_and_what_was_seen() -> None:
    seen = {"background": "white", "shapes": [shape("star", "red")]}
    scored = score_adherence(TWO_RED_STARS, observed(seen))[0]
    assert scored.reason == "2 of 3 right. Wrong: “there are two stars” (saw 1 of them)."
    assert scored.evidence["answers"][0]["boxes"] == [[0.4, 0.4, 0.6, 0.6]]


def test_the_second_channel_does_not_vote_and_its_disagreement_is_told() -> None:
    seen = {"background": "white", "shapes": [shape("star", "red"), shape("star", "red")]}
    shares = {"shape_0": 0.9, "colour_0": 0.8, "count_0": 0.1}
    by_metric = {v.metric: v for v in score_adherence(TWO_RED_STARS, observed(seen, **shares))}
    assert by_metric["all_correct"].value == 1.0
    assert by_metric["channel_agreement"].value == pytest.approx(2 / 3)
    assert by_metric["channel_agreement"].reason == (
        "The channels differ on 1 of 3 questions: “there are two stars”."
    )
    assert [answer["second"] for answer in by_metric["all_correct"].evidence["answers"]] == [0.9, 0.8, 0.1]


def test_similarity_stands_beside_the_scores_as_a_canary() -> None:
    by_metric = {
        v.metric: v for v in score_adherence(TWO_RED_STARS, observed({"background": "white", "shapes": []}))
    }
    assert by_metric["clip_similarity"].value == 0.3
    assert by_metric["clip_similarity"].reason.endswith("enters no score.")
    assert by_metric["adherence"].value == 0.0
    assert "clip_similarity" not in metrics_of(TWO_RED_STARS)


def test_the_image_text_model_knows_colours() -> None:
    rng = np.random.default_rng(3)
    blue = Scene(objects=(ObjectGroup("star", "blue", 2),))
    shares = []
    for scene in (TWO_RED_STARS.scene, blue):
        answers = read_captions(draw(scene, rng=rng, size=128).image, TWO_RED_STARS)["answers"]
        shares.append({answer["question"]: answer["share"] for answer in answers}["colour-0"])
    assert shares[0] > 0.5 > shares[1]


@pytest.mark.parametrize("family", ADHERENCE_FAMILIES, ids=lambda family: family.name)
def test_a_faithful_drawing_is_all_correct_and_foils_differ_from_the_prompt(family: Any) -> None:
    rng = Random(11)
    for size in (64, 256):
        spec = family.draw(rng)
        image = draw(spec.scene, rng=np.random.default_rng(rng.randrange(2**32)), size=size).image
        scored = score_adherence(spec, observed(read_shapes(image)))
        assert scored[0].value == 1.0, (spec.text(), scored[0].reason)
        truth = PromptSpec(spec.scene).text()
        assert all(truth not in question.foils for question in questions(spec))


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_reader_tells_one_more_from_as_many(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = ObjectGroup("circle", "blue", int(rng.integers(1, 5)))
    spec = PromptSpec(Scene(objects=(group,)))
    more = replace(spec.scene, objects=(replace(group, count=group.count + 1),))
    for scene, expected in ((spec.scene, 1.0), (more, 0.0)):
        seen = read_shapes(draw(scene, rng=rng, size=128).image)
        scored = {value.metric: value.value for value in score_adherence(spec, observed(seen))}
        assert scored["skill_count"] == expected

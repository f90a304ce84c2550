"""People and hands: the detectors' decoding, where a landmark comes back to, and the scorer with known answers."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from evaluation.readers import bodies
from evaluation.readers.bodies import MissingModelsError, read_bodies, straight_fingers
from evaluation.readers.ssd import Detection, anchor_centres, decode, overlap
from evaluation.scorers.bodies import METRICS, score_bodies
from evaluation.suites.spec import PromptSpec

HAND: dict[str, Any] = {
    "world": {
        "things": [
            {"noun": "hand", "count": 1, "gesture": "waving", "parts": [{"noun": "finger", "count": 5}]}
        ]
    },
    "questions": [
        {
            "key": key,
            "skill": skill,
            "atom": atom,
            "words": key,
            "ask": f"{key}?",
            "foil_asks": ["no?"],
            "foil_values": ["x"],
        }
        | ({} if key == "object" else {"parent": "object"})
        for key, skill, atom in (
            ("object", "object", "things.0.noun"),
            ("count", "count", "things.0.count"),
            ("gesture", "gesture", "things.0.gesture"),
            ("parts", "parts", "things.0.parts.0.count"),
        )
    ],
}


@pytest.mark.parametrize("colour", ["white", "black", "#888888"])
def test_nobody_is_seen_where_nobody_is(colour: str) -> None:
    assert read_bodies(Image.new("RGB", (90, 60), colour)) == {"people": [], "hands": []}


def test_noise_has_no_hands() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (128, 96, 3), dtype=np.uint8)
    assert read_bodies(Image.fromarray(pixels))["hands"] == []


def test_without_the_models_the_way_to_get_them_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies._interpreter.cache_clear()
    monkeypatch.setattr(bodies, "find_spec", lambda _name: None)
    with pytest.raises(MissingModelsError, match=r"requirements/bodies\.txt"):
        read_bodies(Image.new("RGB", (9, 9)))


def test_a_box_is_decoded_from_its_anchor_once() -> None:
    anchors = anchor_centres(192, (8, 16, 16, 16))
    raw = np.zeros((len(anchors), 18), dtype=np.float32)
    logits = np.full(len(anchors), -200.0, dtype=np.float32)
    # Two neighbouring anchors that mean the same box, 48 pixels wide around the picture's middle.
    middle = np.argsort(np.hypot(*(anchors - 0.5).T))[:2]
    for place, logit in zip(middle, (4.0, 3.0), strict=True):
        raw[place, :4] = [*(192 * (0.5 - anchors[place])), 48, 48]
        logits[place] = logit
    (found,) = decode(raw, logits, anchors=anchors, side=192, least_score=0.5)
    assert found.box == pytest.approx((0.375, 0.375, 0.625, 0.625), abs=1e-5)
    assert found.score == pytest.approx(1 / (1 + np.exp(-4.0)))
    assert found.points.shape == (7, 2)


@given(st.floats(0, 6.28), st.floats(0.3, 0.7), st.floats(0.3, 0.7), st.floats(0.05, 0.3))
def test_a_hands_crop_stands_upright(turn: float, x: float, y: float, size: float) -> None:
    wrist = np.array([x, y])
    knuckle = wrist + size * np.array([np.sin(turn), -np.cos(turn)])
    points = np.zeros((7, 2), dtype=np.float32)
    points[0], points[2] = wrist, knuckle
    palm = Detection(0.9, (x - size / 2, y - size / 2, x + size / 2, y + size / 2), points)
    to_square = bodies._upright(palm, side=100)
    to_crop = np.linalg.inv(np.vstack([to_square, [0, 0, 1]]))
    a, b = (to_crop[:2, :2] @ (100 * point) + to_crop[:2, 2] for point in (wrist, knuckle))
    assert b[1] < a[1]
    assert b[0] == pytest.approx(a[0], abs=0.5)


def test_straight_fingers_are_counted() -> None:
    points = np.zeros((21, 2), dtype=np.float32)
    for finger, (first, middle, tip) in enumerate(bodies._FINGERS):
        points[[first, middle, tip]] = [[finger, 0], [finger, -1], [finger, -2]]
    assert straight_fingers(points) == 5
    points[8] = [1, 0.5]
    assert straight_fingers(points) == 4


@given(st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_overlap_is_symmetric_and_between_0_and_1(values: list[float]) -> None:
    a, b = (
        (min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3])) for v in (values[:4], values[4:])
    )
    assert overlap(a, b) == pytest.approx(overlap(b, a))
    assert 0.0 <= overlap(a, b) <= 1.0


def scored(n_hands: int = 1, **p_true: float) -> dict[str, float | None]:
    says = {"object": 0.9, "count": 0.9, "gesture": 0.9, "parts": 0.9} | p_true
    answers = [{"question": key, "p_true": p, "p_foils": [1 - p]} for key, p in says.items()]
    observations: dict[str, dict[str, Any]] = {
        "judge": {"answers": answers},
        "bodies": {"hands": [{}] * n_hands, "people": []},
    }
    values = score_bodies(PromptSpec.from_dict(HAND), observations)
    return {value.metric: value.value for value in values}


def test_present_and_whole() -> None:
    values = scored()
    assert values["anatomy_pass"] == 1.0
    assert values["anatomy_score"] == pytest.approx(0.9 * 0.9)
    assert set(METRICS) <= set(values)


def test_a_sixth_finger_costs_integrity_and_not_presence() -> None:
    values = scored(parts=0.1)
    assert values["anatomy_pass"] == 0.0
    assert values["presence"] == pytest.approx(0.9)
    assert values["integrity"] == 0.0


def test_hiding_the_hand_does_not_pay() -> None:
    values = scored(n_hands=0, object=0.05)
    assert values["integrity"] is None
    assert (values["anatomy_pass"], values["presence"], values["anatomy_score"]) == (0.0, 0.0, 0.0)


def test_the_hand_model_doubts_the_number_of_hands() -> None:
    assert scored(n_hands=1)["channel_agreement"] == 1.0
    differing = scored(n_hands=2)
    assert differing["agreement_count"] == 0.0
    assert differing["agreement_object"] == 1.0
    assert differing["anatomy_pass"] == 1.0

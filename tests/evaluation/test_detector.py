"""The detector: a real model of random weights through transformers, colours in boxes, and the second opinion."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from pytest_django.fixtures import Settings

from evaluation.readers import detector
from evaluation.readers.detector import Found, TransformersDetector, read_boxes
from evaluation.readers.pinned import PinnedModel
from evaluation.scorers.adherence import score_judged
from evaluation.scorers.detections import credits_by_detection
from evaluation.suites.asked import Question
from evaluation.suites.spec import PromptSpec
from evaluation.suites.world.scene import Relation, Thing, World
from tests.evaluation.test_world import MUGS
from tests.evaluation.tiny_models import save_detector


class KnownDetector:
    """Finds two mugs, the first one twice."""

    def find(self, image: Image.Image, nouns: Sequence[str]) -> list[Found]:
        return [
            Found("mug", 0.9, (4.0, 10.0, 34.0, 40.0)),
            Found("mug", 0.5, (5.0, 10.0, 35.0, 41.0)),
            Found("mug", 0.8, (60.0, 10.0, 95.0, 120.0)),
        ]


@pytest.fixture
def two_mugs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Image.Image:
    settings.DETECTOR_MODEL = "a-detector-that-is-known"
    monkeypatch.setattr(detector, "load_detector", lambda _named: KnownDetector())
    image = Image.new("RGB", (100, 100), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((4, 10, 34, 40), fill="#2154dc")
    pen.rectangle((60, 10, 95, 99), fill="#dc2626")
    return image


def test_a_real_model_is_asked_for_the_scenes_nouns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector, "LEAST_SCORE", 0.0)
    loaded = TransformersDetector.load(PinnedModel.parse(str(save_detector(tmp_path))))
    found = loaded.find(Image.new("RGB", (50, 40), "red"), ["mug", "plate"])
    assert found
    assert {one.noun for one in found} <= {"mug", "plate"}
    assert all(0.0 <= one.score <= 1.0 for one in found)


def test_boxes_are_told_apart_and_carry_their_colour(two_mugs: Image.Image) -> None:
    boxes = read_boxes(two_mugs, PromptSpec.from_dict(MUGS))["boxes"]
    assert [(box["noun"], box["colour"]) for box in boxes] == [("mug", "blue"), ("mug", "red")]
    assert boxes[1]["box"] == [0.6, 0.1, 0.95, 1.0]


def test_without_a_detector_there_is_no_second_opinion(settings: Settings) -> None:
    settings.DETECTOR_MODEL = ""
    spec = PromptSpec.from_dict(MUGS)
    seen = read_boxes(Image.new("RGB", (8, 8)), spec)
    assert seen["boxes"] is None
    assert credits_by_detection(spec, seen) == {}


def test_disagreement_is_told_by_skill(two_mugs: Image.Image) -> None:
    spec = PromptSpec.from_dict(MUGS)
    answered = [{"question": key, "p_true": 0.9, "p_foils": [0.1]} for key in ("object-0", "colour-0")]
    scored = score_judged(spec, {"judge": {"answers": answered}, "detector": read_boxes(two_mugs, spec)})
    by_metric = {value.metric: value.value for value in scored}
    assert by_metric["agreement_object"] == 1.0
    assert by_metric["agreement_colour"] == 0.0
    assert by_metric["channel_agreement"] == 0.5
    assert by_metric["all_correct"] == 1.0


def box(noun: str, x: float, y: float, colour: str = "blue") -> dict[str, Any]:
    return {"noun": noun, "score": 0.9, "colour": colour, "box": [x, y, x + 0.1, y + 0.1]}


@pytest.mark.parametrize(
    ("atom", "boxes", "credit"),
    [
        ("things.0.count", [box("mug", 0.1, 0.1), box("mug", 0.5, 0.1)], 1.0),
        ("things.0.count", [box("mug", 0.1, 0.1)], 0.0),
        ("things.0.colour", [], 0.0),
        ("things.0.material", [box("mug", 0.1, 0.1)], None),
        ("absent.0", [box("mug", 0.1, 0.1)], 1.0),
        ("absent.0", [box("fork", 0.1, 0.1)], 0.0),
        ("relations.0.predicate", [box("mug", 0.1, 0.1), box("plate", 0.6, 0.1)], 1.0),
        ("relations.0.predicate", [box("mug", 0.6, 0.1), box("plate", 0.1, 0.1)], 0.0),
        ("relations.0.predicate", [box("mug", 0.6, 0.1)], 0.0),
        ("relations.1.predicate", [box("mug", 0.1, 0.1), box("plate", 0.6, 0.1)], None),
        ("surface", [box("mug", 0.1, 0.1)], None),
    ],
)
def test_boxes_answer_what_boxes_can_show(
    atom: str, boxes: list[dict[str, Any]], credit: float | None
) -> None:
    world = World(
        things=(Thing("mug", 2, colour="blue", material="wooden"), Thing("plate")),
        relations=(Relation(0, "to the left of", 1), Relation(0, "behind", 1)),
        absent=("fork",),
    )
    spec = PromptSpec(world=world, stated_questions=(Question("one", "any", "words", atom=atom),))
    assert credits_by_detection(spec, {"boxes": boxes}).get("one") == credit

"""Scenes of the world: their JSON form, their questions, and what stays unscored without a judge."""

from typing import Any

import pytest
from PIL import Image

from evaluation.bundled.specs import SceneError
from evaluation.models import Sample, Score
from evaluation.services.images import store_image
from evaluation.services.plan import plan_run
from evaluation.services.read import read_run
from evaluation.services.score import score_run
from evaluation.suites.questions import questions
from evaluation.suites.spec import PromptSpec
from tests.evaluation.builders import make_painter, make_suite

MUGS: dict[str, Any] = {
    "world": {"style": "photo", "things": [{"noun": "mug", "count": 2, "colour": "blue"}]},
    "questions": [
        {
            "key": "object-0",
            "skill": "object",
            "atom": "things.0.noun",
            "words": "there are mugs",
            "ask": "Are there any mugs?",
            "foil_values": ["plate"],
            "foil_asks": ["Are there any plates?"],
        },
        {
            "key": "colour-0",
            "skill": "colour",
            "atom": "things.0.colour",
            "words": "the mugs are blue",
            "parent": "object-0",
            "ask": "Are the mugs blue?",
            "foil_values": ["red"],
            "foil_asks": ["Are the mugs red?"],
        },
    ],
}


def world(**fields: Any) -> dict[str, Any]:
    return MUGS | {"world": MUGS["world"] | fields}


def test_a_world_is_read_and_written_unchanged() -> None:
    spec = PromptSpec.from_dict(MUGS)
    assert spec.to_dict() == MUGS
    assert [(q.key, q.parent, q.foil_asks) for q in questions(spec)] == [
        ("object-0", None, ("Are there any plates?",)),
        ("colour-0", "object-0", ("Are the mugs red?",)),
    ]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (world(things=[]), "needs things or regions"),
        (world(things=[{"noun": "mug", "count": 8}]), "count must be 1 to 7, not 8"),
        (world(things=[{"noun": "mug", "taste": "sweet"}]), "taste"),
        (world(weather="rain"), "weather"),
        (world(relations=[{"subject": 0, "predicate": "left of", "object": 1}]), "needs two things"),
        (world(regions=[{"text": " ", "kind": "number", "place": "on top"}]), "1 to 40 words, not 0"),
        (MUGS | {"questions": [{"key": "object-0"}]}, "questions: not complete: 'skill'"),
        (MUGS | {"objects": []}, "unknown key: 'objects'"),
    ],
)
def test_what_is_wrong_with_a_world_is_named(spec: dict[str, Any], words: str) -> None:
    with pytest.raises(SceneError, match=words):
        PromptSpec.from_dict(spec)


def test_a_world_is_no_drawing() -> None:
    with pytest.raises(SceneError, match="not for a drawing"):
        _ = PromptSpec.from_dict(MUGS).scene


@pytest.mark.django_db
def test_a_scorer_of_drawings_leaves_the_world_unscored() -> None:
    run = plan_run(make_painter(), make_suite([MUGS], seeds_per_prompt=1, scorer="anatomy"))
    picture = store_image(Image.new("RGB", (64, 64), "blue"))
    run.samples.update(status=Sample.Status.OK, image_digest=picture)
    assert read_run(run.pk, limit=2) == 1
    assert score_run(run.pk) == 1
    scores = list(Score.objects.filter(sample__run=run))
    assert {score.value for score in scores} == {None}
    assert "no judge of real scenes" in scores[0].reason


@pytest.mark.django_db
def test_pictures_of_an_unknown_script_are_unscored_whether_they_failed_or_not() -> None:
    region = {"text": "Свежий хлеб", "kind": "Cyrillic", "place": "top"}
    spec = {"world": {"surface": "sign", "regions": [region]}, "questions": []}
    run = plan_run(
        make_painter(), make_suite([spec], seeds_per_prompt=1, scorer="text", headline="text_exact")
    )
    run.samples.update(status=Sample.Status.FILTERED, reason="refused")
    score_run(run.pk)
    scores = Score.objects.filter(sample__run=run)
    assert {score.value for score in scores} == {None}
    assert {score.reason for score in scores} == {"PP-OCRv6 does not know CYRILLIC letters."}

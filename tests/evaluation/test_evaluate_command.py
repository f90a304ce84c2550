"""The commands: what they say, what they refuse, and that they repeat nothing."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from evaluation.models import Recipe, Run, Sample, ScorerReport
from evaluation.sanity.base import Check, at_least
from evaluation.services.check import SANITY_SUITES
from tests.builders import make_artifact
from tests.evaluation.builders import finish, make_painter, make_suite

pytestmark = pytest.mark.django_db


def evaluate(*args: str) -> str:
    out = StringIO()
    call_command("evaluate", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def models_dir(settings: Any, tmp_path: Path) -> Path:
    settings.MODELS_DIR = tmp_path / "models"
    return tmp_path / "models"


def test_plan_says_what_is_missing_and_sends_nothing() -> None:
    make_suite()
    make_painter("brush")
    assert evaluate("brush", "--plan") == "brush on small-suite: 2 of 2 missing\n"
    finish(Run.objects.get())
    assert evaluate("brush", "--plan") == "brush on small-suite: 0 of 2 missing\n"
    assert Sample.objects.count() == 2


def test_suites_are_loaded_where_there_are_none() -> None:
    make_demonstration(make_painter("brush"))
    lines = evaluate("brush", "--plan", "--limit", "3").splitlines()
    assert lines == [
        "brush on tiny-anatomy: 6 of 6 missing",
        "brush on tiny-prompt-adherence: 6 of 6 missing",
        "brush on tiny-text-rendering: 6 of 6 missing",
    ]


def test_each_artifact_runs_the_suites_of_its_tier_unless_one_is_named() -> None:
    make_suite(slug="drawings", tier="demonstration")
    make_suite(slug="scenes")
    make_demonstration(make_painter("brush"))
    make_painter("camera")
    assert evaluate("brush", "camera", "--plan").splitlines() == [
        "brush on drawings: 2 of 2 missing",
        "camera on scenes: 2 of 2 missing",
    ]
    assert evaluate("camera", "--suite", "drawings", "--plan") == "camera on drawings: 2 of 2 missing\n"


def make_demonstration(recipe: Recipe) -> None:
    recipe.artifact.is_demonstration = True
    recipe.artifact.save()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nobody"], "unknown artifact 'nobody'"),
        (["brush", "--suite", "beauty"], "unknown suite 'beauty'; there are small-suite"),
        (["weightless"], "weightless has no weights that can be run here"),
        (["elsewhere"], r"models/gone: no diffusers pipeline there \(model_index.json is missing\)"),
        (["brush", "--limit", "0"], "'0' is not a number from 1 upwards"),
    ],
)
def test_bad_requests_are_one_clear_line(args: list[str], words: str, models_dir: Path) -> None:
    make_suite()
    make_painter("brush")
    make_artifact("weightless")
    make_artifact("elsewhere", weights_path="models/gone")
    with pytest.raises(CommandError, match=words) as caught:
        evaluate(*args)
    assert "\n" not in str(caught.value)
    assert not Sample.objects.exists()


def pipeline_folder(folder: Path, **index: Any) -> Path:
    (folder / "unet").mkdir(parents=True)
    (folder / "vae").mkdir()
    (folder / "model_index.json").write_text(
        json.dumps({"_class_name": "StableDiffusionPipeline", "scheduler": ["diffusers", "DDIM"], **index})
    )
    (folder / "unet" / "config.json").write_text(json.dumps({"sample_size": 16}))
    (folder / "unet" / "model.safetensors").write_bytes(b"weights")
    (folder / "vae" / "config.json").write_text(json.dumps({"block_out_channels": [8, 8, 8]}))
    return folder


def test_a_recipe_follows_from_the_pipeline_s_files(models_dir: Path) -> None:
    make_suite()
    artifact = make_artifact("tiny", weights_path="models/tiny")
    folder = pipeline_folder(models_dir / "tiny")
    evaluate("tiny", "--plan")
    evaluate("tiny", "--plan")
    recipe = artifact.recipes.get()
    assert (recipe.width, recipe.height, recipe.steps) == (64, 64, 20)
    assert (recipe.pipeline_class, recipe.scheduler) == ("StableDiffusionPipeline", "DDIM")
    (folder / "recipe.json").write_text('{"steps": 4, "guidance": 1.0}')
    evaluate("tiny", "--plan")
    assert [r.steps for r in artifact.recipes.filter(is_canonical=True)] == [4]
    (folder / "unet" / "model.safetensors").write_bytes(b"other weights")
    evaluate("tiny", "--plan")
    assert artifact.recipes.count() == 3
    assert artifact.recipes.filter(is_canonical=True).count() == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unet/model.bin", "unet/model.bin is pickled; weights are loaded as safetensors only"),
        ("unet/modeling.py", "unet/modeling.py is code of the model's own, which is never run"),
    ],
)
def test_pickles_and_code_are_refused_before_anything_is_planned(
    models_dir: Path, name: str, words: str
) -> None:
    make_suite()
    make_artifact("tiny", weights_path="models/tiny")
    (pipeline_folder(models_dir / "tiny") / name).write_bytes(b"x")
    with pytest.raises(CommandError, match=words):
        evaluate("tiny")
    assert not Run.objects.exists()


def test_check_scorers_stores_measurements_and_fails_on_a_missed_gate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checks = [
        Check("text", "ocr-clean", "read exactly", 0.99, at_least(0.97), 18),
        Check("text", "ocr-clean", "another", 0.5, at_least(0.97), 18),
    ]

    def two_checks(*, scale: int) -> Iterator[Check]:
        yield from checks * scale

    monkeypatch.setitem(SANITY_SUITES, "text", two_checks)
    out = StringIO()
    with pytest.raises(CommandError, match="1 gate not passed"):
        call_command("check_scorers", "text", stdout=out)
    assert out.getvalue().splitlines()[0].startswith("pass  text")
    assert out.getvalue().splitlines()[1].startswith("FAIL  text")
    report = ScorerReport.objects.get(measure="another")
    assert (report.passed, report.gate, report.tier) == (False, ">= 0.97", "offline")
    with pytest.raises(CommandError, match="unknown scorer 'beauty'"):
        call_command("check_scorers", "beauty")

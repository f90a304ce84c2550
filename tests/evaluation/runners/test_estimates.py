"""What a run needs is known before it runs: parameters, memory, hours and money; what cannot fit is refused."""

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from evaluation.models import Recipe, Run, Sample
from evaluation.recipe_files import read_recipe_file
from evaluation.runners.base import RecipeError, RecipeSpec
from evaluation.runners.placement import Needs, Placement
from evaluation.runners.shapes import Part, Shape, known_shape, shape_of_folder
from evaluation.runners.sizing import build, count_tflop, needs
from evaluation.services.estimate import compile_pays, estimate_run, spec_to_load
from evaluation.services.plan import plan_run
from evaluation.services.recipes import save_recipe
from tests.builders import make_artifact
from tests.evaluation.builders import make_suite
from tests.evaluation.runners.miniatures import save_miniature

SHAPES = yaml.safe_load(settings.SHAPES_FILE.read_text())
GPU = {"memory_gb": 80.0, "tflops": 989.0, "usd_per_hour": Decimal("2.50")}


def needs_of(slug: str) -> Needs:
    path = settings.RECIPES_DIR / f"{slug}.yaml"
    fields = read_recipe_file(path).model_dump(exclude={"source", "variants"}) | {"revision": "any"}
    shape = known_shape(slug, path=settings.SHAPES_FILE)
    assert shape is not None
    return needs(RecipeSpec(**fields), shape)


@pytest.mark.parametrize("slug", sorted(SHAPES["models"]))
def test_a_shape_has_as_many_parameters_as_its_publisher_says(slug: str) -> None:
    counted = needs_of(slug)
    stated = yaml.safe_load((settings.CATALOGUE_DIR / "artifacts" / f"{slug}.yaml").read_text())
    denoiser = counted.parameters.get("transformer") or counted.parameters["unet"]
    # Stability counts Medium as 2.5 B; everything else agrees within 4 %.
    tolerance = 0.12 if slug == "stable-diffusion-3-5-medium" else 0.04
    if stated.get("parameter_count"):
        assert denoiser == pytest.approx(stated["parameter_count"], rel=tolerance)
    assert counted.total_bytes > sum(counted.part_bytes.values()) > 2 * denoiser


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "side"), [("sdxl-base-1-0", 1024), ("flux-1-dev", 1024)])
def test_the_operations_stated_are_those_that_are_counted(slug: str, side: int) -> None:
    shape = known_shape(slug, path=settings.SHAPES_FILE)
    assert shape is not None
    part = shape.parts.get("transformer") or shape.parts["unet"]
    assert count_tflop(build(part), width=side, height=side) == pytest.approx(
        shape.tflop_per_forward, rel=0.02
    )


@pytest.mark.parametrize("name", ["sdxl", "sd3", "flux"])
def test_a_folder_s_own_configuration_is_sized(name: str, tmp_path: Path) -> None:
    folder = save_miniature(name, tmp_path / name)
    shape = shape_of_folder(folder)
    recipe = RecipeSpec(
        runner="diffusers", location=str(folder), revision="any", width=32, height=32, steps=2
    )
    counted = needs(recipe, shape)
    weights = sum(path.stat().st_size for path in folder.rglob("*.safetensors"))
    # On disk the weights have headers, and parts that are tied or computed are left out.
    assert sum(counted.part_bytes.values()) == pytest.approx(weights, rel=0.35)
    assert counted.tflop_per_picture is not None
    assert counted.tflop_per_picture > 0


def test_a_class_that_nobody_knows_is_one_clear_line() -> None:
    with pytest.raises(RecipeError, match="NoSuchModel cannot be sized"):
        build(Part("NoSuchModel"))
    with pytest.raises(RecipeError, match="UNet2DConditionModel cannot be sized"):
        build(Part("UNet2DConditionModel", {"attention_head_dim": "eight"}))


def test_where_the_parts_lie_follows_from_the_memory() -> None:
    counted = Needs({"transformer": 1}, {"text_encoder": 10, "transformer": 24, "vae": 1}, 3, None)
    assert counted.placement(60) == Placement.WHOLE
    assert counted.placement(40) == Placement.ENCODERS_PARKED
    assert counted.placement(28) == Placement.OFFLOADED
    with pytest.raises(RecipeError, match="cannot fit: its transformer alone needs"):
        counted.placement(26)


def plan(*args: str) -> str:
    out = StringIO()
    call_command("evaluate", *args, "--plan", "--suite", "small-suite", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_plan_says_what_it_needs(settings: Any) -> None:
    settings.EVALUATION_GPU = GPU
    make_suite()
    make_artifact("flux-1-dev")
    # 74.4 TFLOP × 50 steps at 32 % of 989 TFLOP/s: 11.8 s a picture.
    assert plan("flux-1-dev") == (
        "flux-1-dev on small-suite: 2 of 2 missing; 16.9 B parameters; 36.4 GB at the peak (whole); "
        "about 1 min (counted from its operations); about 0.02 USD\n"
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "memory_gb", "words"),
    [
        ("sdxl-base-1-0", 4.0, "its unet alone needs 7.8 GB, and the worker's GPU has 4.0 GB"),
        (
            "stable-diffusion-3-5-large",
            12.0,
            "its transformer alone needs 18.8 GB, and the worker's GPU has 12.0 GB",
        ),
        ("flux-1-dev", 16.0, "its transformer alone needs 26.5 GB, and the worker's GPU has 16.0 GB"),
    ],
)
def test_what_cannot_fit_is_refused_before_anything_is_planned(
    settings: Any, slug: str, memory_gb: float, words: str
) -> None:
    settings.EVALUATION_GPU = GPU | {"memory_gb": memory_gb}
    make_suite()
    make_artifact(slug)
    with pytest.raises(CommandError) as caught:
        plan(slug)
    assert str(caught.value) == f"{slug} cannot fit: {words}"
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_what_was_measured_beats_what_was_counted(settings: Any) -> None:
    settings.EVALUATION_GPU = GPU
    run = plan_run(recipe_of("openai-images"), make_suite())
    Recipe.objects.update(runner="diffusers", location="someone/model")
    run.samples.update(
        status=Sample.Status.OK, image_digest="0" * 64, timings_s={"generate": 36.0}, ended_at=timezone.now()
    )
    run.refresh_from_db()
    estimate = estimate_run(run, n_missing=100)
    assert estimate.hours == pytest.approx(1.0)
    assert estimate.basis == "measured"
    assert estimate.cost_usd == Decimal("2.50")
    assert estimate.unknown == "nobody has described its shape"


def recipe_of(runner: str) -> Recipe:
    spec = RecipeSpec(runner=runner, location="local:gpt", revision="served", width=64, height=64)
    return save_recipe(make_artifact("brush"), spec)


@pytest.mark.django_db
def test_a_service_costs_what_it_charged_so_far() -> None:
    run = plan_run(recipe_of("openai-chat"), make_suite())
    assert estimate_run(run, n_missing=10).cost_usd is None
    run.samples.update(
        status=Sample.Status.OK, image_digest="0" * 64, cost_usd=Decimal("0.05"), ended_at=timezone.now()
    )
    assert estimate_run(run, n_missing=10).cost_usd == Decimal("0.5")


def test_a_shape_that_nobody_wrote_down_is_none() -> None:
    assert known_shape("kolors", path=settings.SHAPES_FILE) is None
    assert isinstance(known_shape("flux-2-dev", path=settings.SHAPES_FILE), Shape)


@given(st.floats(0.01, 100), st.integers(1, 5_000), st.floats(1, 600))
def test_compiling_pays_from_one_number_of_pictures_on(seconds: float, n: int, compile_s: float) -> None:
    pays = compile_pays(seconds, n_pictures=n, compile_s=compile_s)
    assert pays == (n * seconds * 0.36 > compile_s) or n * seconds * 0.36 == pytest.approx(compile_s)
    assert not compile_pays(None, n_pictures=n, compile_s=compile_s)
    if pays:
        assert compile_pays(seconds, n_pictures=n + 1, compile_s=compile_s)


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "compiled"), [(1.0, "none"), (400.0, "regional")])
def test_a_model_is_compiled_only_where_what_was_measured_says_that_it_pays(
    seconds: float, compiled: str
) -> None:
    spec = RecipeSpec("diffusers", "someone/model", "0" * 40, width=64, height=64, compile="regional")
    run = plan_run(save_recipe(make_artifact("compiled"), spec), make_suite())
    assert spec_to_load(run).compile == "none"
    ended = run.samples.order_by("pk")[:1].get()
    ended.status, ended.image_digest, ended.ended_at = Sample.Status.OK, "ab" * 32, timezone.now()
    ended.timings_s = {"generate": seconds}
    ended.save()
    assert spec_to_load(run).compile == compiled

"""The recipes in the repository, and what is refused of others."""

import inspect
from datetime import date
from pathlib import Path
from typing import Any

import diffusers
import pytest
import yaml
from django.conf import settings

from evaluation.models import Recipe
from evaluation.recipe_files import RecipeFile, read_recipe_file
from evaluation.runners.base import RecipeError
from evaluation.services.recipes import ensure_recipe, recipe_spec
from tests.builders import make_artifact

PATHS = sorted(settings.RECIPES_DIR.glob("*.yaml"))
CATALOGUE = settings.CATALOGUE_DIR / "artifacts"
PROMISED = {
    "stable-diffusion-1-5", "sdxl-base-1-0", "sdxl-turbo", "stable-diffusion-3-5-medium",
    "stable-diffusion-3-5-large", "stable-diffusion-3-5-large-turbo", "flux-1-dev", "flux-1-schnell",
    "flux-2-klein-4b", "flux-2-klein-9b", "flux-2-dev", "pixart-sigma", "sana-1-6b", "qwen-image",
    "z-image-turbo", "kolors", "hunyuandit", "lumina-image-2", "gpt-5-4-image-2",
}  # fmt: skip
LOCAL = [path for path in PATHS if read_recipe_file(path).runner == "diffusers"]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_every_promised_model_has_a_recipe_and_every_recipe_an_artifact() -> None:
    slugs = {path.stem for path in PATHS}
    assert slugs >= PROMISED
    assert {slug for slug in slugs if not (CATALOGUE / f"{slug}.yaml").is_file()} == set()


# Kolors' text encoder, which diffusers carries, is compiled the old way when it is imported.
@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:FutureWarning")
@pytest.mark.parametrize("path", LOCAL, ids=lambda path: path.stem)
def test_the_pipeline_takes_what_the_recipe_gives(path: Path) -> None:
    file = read_recipe_file(path)
    pipeline = getattr(diffusers, file.pipeline_class)
    taken = inspect.signature(pipeline.__call__).parameters
    arguments = set(file.options.get("arguments", {}))
    arguments |= {file.options.get("guidance_argument", "guidance_scale"), "num_inference_steps", "generator"}
    assert arguments - set(taken) == set()
    assert issubclass(getattr(diffusers, file.scheduler), diffusers.SchedulerMixin)
    assert hasattr(pipeline, "encode_prompt")
    assert hasattr(pipeline, "prepare_latents")


@pytest.mark.parametrize("path", LOCAL, ids=lambda path: path.stem)
def test_a_recipe_runs_the_catalogue_s_model_and_says_where_it_comes_from(path: Path) -> None:
    file = read_recipe_file(path)
    artifact = yaml.safe_load((CATALOGUE / path.name).read_text())
    assert file.location.split("/")[0] == artifact["hub_id"].split("/")[0]
    assert file.source.url.host == "huggingface.co"
    assert file.source.as_of <= date(2026, 11, 21)
    large = (artifact.get("parameter_count") or 0) >= 2_000_000_000
    assert file.batch_size == 1 or not large


def test_every_recipe_is_pinned_to_a_commit() -> None:
    assert not [path.stem for path in LOCAL if read_recipe_file(path).revision is None]


def write(folder: Path, slug: str = "brush", **changes: Any) -> Path:
    content = {
        "source": {"url": "https://example.org/card", "as_of": "2026-01-02"},
        "runner": "diffusers",
        "location": "someone/model",
        "revision": COMMIT,
        "pipeline_class": "FluxPipeline",
        "width": 64,
        "height": 64,
        "variants": {"small": {"options": {"storage_dtype": "float8_e4m3fn"}}},
        **changes,
    }
    (folder / f"{slug}.yaml").write_text(yaml.safe_dump(content))
    return folder / f"{slug}.yaml"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"revision": None},
            "someone/model; choose a commit on https://huggingface.co/someone/model/commits/main, look at",
        ),
        ({"revision": "main"}, "brush.yaml: 'main' is no commit of someone/model"),
        (
            {"options": {"prompt_suffix": ", 4K"}},
            "prompt_suffix changes the model; declare it under variants",
        ),
        ({"options": {"storage_dtype": "float8_e4m3fn"}}, "storage_dtype changes the model"),
        ({"options": {"trust_remote_code": True}}, "trust_remote_code: Extra inputs are not permitted"),
        ({"dtype": "int8"}, "brush.yaml: dtype: Input should be 'float32', 'float16' or 'bfloat16'"),
        ({"steps": 0}, "brush.yaml: steps: Input should be greater than 0"),
        ({"colour": "red"}, "brush.yaml: colour: Extra inputs are not permitted"),
        (
            {"source": {"url": "card", "as_of": "2026-01-02"}},
            "brush.yaml: source.url: Input should be a valid URL",
        ),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    path = write(tmp_path, **changes)
    with pytest.raises(RecipeError) as caught:
        read_recipe_file(path).spec(name=path.name)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_broken_yaml_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "brush.yaml"
    path.write_text("source: {url: [")
    with pytest.raises(RecipeError, match=r"brush\.yaml: not YAML") as caught:
        read_recipe_file(path)
    assert "\n" not in str(caught.value)


@pytest.mark.django_db
def test_a_file_becomes_the_canonical_recipe_and_its_variants_never_do(tmp_path: Path, settings: Any) -> None:
    settings.RECIPES_DIR = tmp_path
    write(tmp_path)
    artifact = make_artifact("brush")
    recipe = ensure_recipe(artifact)
    assert (recipe.is_canonical, recipe.variant, recipe.revision) == (True, "", COMMIT)
    assert (recipe.source_url, recipe.source_as_of) == ("https://example.org/card", date(2026, 1, 2))
    variant = ensure_recipe(artifact, variant="small")
    assert (variant.is_canonical, variant.variant) == (False, "small")
    assert recipe_spec(variant).options == {"storage_dtype": "float8_e4m3fn"}
    assert artifact.recipes.get(is_canonical=True).pk == recipe.pk
    assert ensure_recipe(artifact).pk == recipe.pk
    with pytest.raises(RecipeError, match=r"brush.yaml has no variant 'huge'; there are small"):
        ensure_recipe(artifact, variant="huge")
    write(tmp_path, steps=9)
    changed = ensure_recipe(artifact)
    assert changed.pk != recipe.pk
    assert list(Recipe.objects.filter(is_canonical=True)) == [changed]


def test_an_unknown_variant_is_told_from_none(tmp_path: Path) -> None:
    file = RecipeFile.model_validate(yaml.safe_load(write(tmp_path, variants={}).read_text()))
    with pytest.raises(RecipeError, match="there are none"):
        file.spec(name="brush.yaml", variant="small")

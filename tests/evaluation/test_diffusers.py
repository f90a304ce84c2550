"""The diffusers runner on a real, untrained pipeline: what it refuses, and what decides a picture."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.runners.base import Generated, Outcome, PromptSeed, RecipeError, RecipeSpec
from evaluation.runners.describe import describe_pipeline
from evaluation.suites.spec import PromptSpec

diffusers = pytest.importorskip("diffusers")
torch = pytest.importorskip("torch")

from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel  # noqa: E402
from transformers import CLIPTextConfig, CLIPTextModel  # noqa: E402

from evaluation.bundled.tokenizers import build_tokenizer  # noqa: E402
from evaluation.runners.diffusers import DiffusersRunner, DiffusersSession  # noqa: E402

SPEC = PromptSpec.from_dict({"objects": [{"shape": "star", "colour": "red"}]})
CODEC: dict[str, Any] = {
    "down_block_types": ("DownEncoderBlock2D",) * 2,
    "up_block_types": ("UpDecoderBlock2D",) * 2,
}
WORDS = ("a red star", "two blue circles", "a hand with five fingers")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a StableDiffusionPipeline of a few thousand random weights."""
    torch.manual_seed(1)
    tokenizer = build_tokenizer()
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=16,
        projection_dim=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=tokenizer.model_max_length,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    pipeline = StableDiffusionPipeline(
        vae=AutoencoderKL(block_out_channels=(8, 8), norm_num_groups=4, latent_channels=4, **CODEC),
        text_encoder=CLIPTextModel(text),
        tokenizer=tokenizer,
        unet=UNet2DConditionModel(
            sample_size=16,
            block_out_channels=(8, 16),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=16,
            attention_head_dim=4,
            norm_num_groups=4,
            layers_per_block=1,
        ),
        scheduler=DDIMScheduler(steps_offset=1, clip_sample=False),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    path = tmp_path_factory.mktemp("pipelines") / "mini"
    pipeline.save_pretrained(path, safe_serialization=True)
    (path / "recipe.json").write_text('{"steps": 2, "guidance": 2.0, "batch_size": 4}')
    return path


@pytest.fixture(scope="module")
def recipe(folder: Path) -> RecipeSpec:
    return describe_pipeline(folder, location=str(folder))


@pytest.fixture(scope="module")
def session(recipe: RecipeSpec) -> DiffusersSession:
    return DiffusersRunner().load(recipe)


def prompts(*seeds: int) -> list[PromptSeed]:
    return [PromptSeed(place, WORDS[seed % len(WORDS)], seed, SPEC) for place, seed in enumerate(seeds)]


def pixels(results: Sequence[Generated]) -> list[Any]:
    assert all(result.image is not None for result in results), [result.reason for result in results]
    return [np.asarray(result.image) for result in results]


def test_the_recipe_is_that_of_the_pipeline(recipe: RecipeSpec) -> None:
    assert (recipe.pipeline_class, recipe.scheduler) == ("StableDiffusionPipeline", "DDIMScheduler")
    assert (recipe.width, recipe.height, recipe.steps, recipe.batch_size) == (32, 32, 2, 4)


def test_a_seed_decides_its_picture(session: DiffusersSession) -> None:
    first, again = pixels(list(session.generate(prompts(7)))), pixels(list(session.generate(prompts(7))))
    other = pixels(list(session.generate(prompts(10))))
    assert np.array_equal(first[0], again[0])
    assert not np.array_equal(first[0], other[0])
    assert first[0].shape == (32, 32, 3)


def test_what_else_is_in_the_batch_does_not_change_a_picture(session: DiffusersSession) -> None:
    alone = pixels(list(session.generate(prompts(8))))[0]
    among = pixels(list(session.generate(prompts(7, 8, 9, 11, 12))))[1]
    assert np.abs(alone.astype(int) - among.astype(int)).max() <= 1


def test_results_say_what_was_sent_and_how_long_it_took(session: DiffusersSession) -> None:
    long = PromptSeed(5, "star " * 60, 3, SPEC)
    result = next(session.generate([long]))
    assert (result.sample_id, result.outcome, result.was_truncated) == (5, Outcome.OK, True)
    assert result.timings_s["generate"] > 0
    assert result.peak_memory_mb
    assert session.environment()["torch"] == torch.__version__


def test_one_failing_prompt_does_not_take_its_batch_along(
    session: DiffusersSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = session.pipeline.encode_prompt

    def failing(prompt: list[str], *args: Any, **kwargs: Any) -> Any:
        if WORDS[1] in prompt:
            raise RuntimeError("out of memory")
        return encode(prompt, *args, **kwargs)

    monkeypatch.setattr(session.pipeline, "encode_prompt", failing)
    outcomes = [result.outcome for result in session.generate(prompts(0, 1, 2))]
    assert outcomes == [Outcome.OK, Outcome.ERROR, Outcome.OK]


def test_values_that_are_no_numbers_are_a_failure(
    session: DiffusersSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    decode = session.pipeline.vae.decode

    def broken(*args: Any, **kwargs: Any) -> Any:
        return tuple(part * float("nan") for part in decode(*args, **kwargs))

    monkeypatch.setattr(session.pipeline.vae, "decode", broken)
    result = next(session.generate(prompts(1)))
    assert (result.outcome, result.reason) == (Outcome.ERROR, "the decoder gave values that are not numbers")


def test_a_filtered_picture_is_recorded_as_such(
    session: DiffusersSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def filters(images: Any, *_args: Any) -> Any:
        return images, [True] * len(images)

    monkeypatch.setattr(session.pipeline, "run_safety_checker", filters)
    result = next(session.generate(prompts(1)))
    assert (result.outcome, result.image) == (Outcome.FILTERED, None)


@pytest.fixture
def spoilt(folder: Path, tmp_path: Path) -> Path:
    """A copy of the pipeline that a test may change."""
    copy = tmp_path / "mini"
    for source in folder.rglob("*"):
        if source.is_file():
            target = copy / source.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    return copy


def load(folder: Path, recipe: RecipeSpec) -> None:
    DiffusersRunner().load(replace(recipe, location=str(folder)))


def test_pickled_weights_are_refused(spoilt: Path, recipe: RecipeSpec) -> None:
    (spoilt / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(RecipeError, match=r"unet/diffusion_pytorch_model.bin is pickled"):
        load(spoilt, recipe)


def test_code_of_the_model_s_own_is_refused(spoilt: Path, recipe: RecipeSpec) -> None:
    (spoilt / "pipeline.py").write_text("raise SystemExit('ran')")
    with pytest.raises(RecipeError, match=r"pipeline.py is code of the model's own, which is never run"):
        load(spoilt, recipe)
    (spoilt / "pipeline.py").unlink()
    index = json.loads((spoilt / "model_index.json").read_text())
    index["_class_name"] = ["pipeline", "OwnPipeline"]
    (spoilt / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(RecipeError, match="class is code of the model's own"):
        load(spoilt, recipe)


def test_changed_weights_are_refused(spoilt: Path, recipe: RecipeSpec) -> None:
    (spoilt / "unet" / "config.json").write_text("{}")
    with pytest.raises(RecipeError, match="its files are not those of the recipe"):
        load(spoilt, recipe)


def test_a_broken_pipeline_is_one_clear_line(spoilt: Path, recipe: RecipeSpec) -> None:
    (spoilt / "vae" / "config.json").unlink()
    changed = replace(describe_pipeline_of(spoilt), location=str(spoilt))
    with pytest.raises(RecipeError, match="cannot be loaded") as caught:
        DiffusersRunner().load(changed)
    assert "\n" not in str(caught.value)


def describe_pipeline_of(folder: Path) -> RecipeSpec:
    (folder / "recipe.json").write_text('{"width": 32, "height": 32}')
    return describe_pipeline(folder, location=str(folder))


def test_a_hub_model_needs_a_pinned_commit(recipe: RecipeSpec) -> None:
    with pytest.raises(RecipeError, match="needs a pinned commit, not 'main'"):
        DiffusersRunner().load(replace(recipe, location="someone/model", revision="main"))

"""What the diffusers runner does around a pipeline's call changes no pixel, and says what it had to do."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from diffusers import DiffusionPipeline
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from evaluation.runners import diffusers as module
from evaluation.runners.base import Generated, Outcome, PromptSeed, RecipeError, RecipeSpec
from evaluation.runners.describe import describe_pipeline
from evaluation.runners.diffusers import DiffusersRunner, DiffusersSession
from evaluation.runners.embeddings import EmbeddingCache
from evaluation.runners.memory import next_rung
from evaluation.runners.placement import Placement, choose_placement
from evaluation.suites.spec import PromptSpec
from tests.evaluation.runners.miniatures import SIDE, save_miniature

SPEC = PromptSpec.from_dict({"objects": [{"shape": "star", "colour": "red"}]})
WORDS = ("a red star", "two blue circles", "a green square")
Pixels = npt.NDArray[np.uint8]
# An Euler scheduler of diffusers hands torch tensors to numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(autouse=True)
def embeddings(monkeypatch: pytest.MonkeyPatch) -> EmbeddingCache:
    """An empty memory for each test."""
    cache = EmbeddingCache()
    monkeypatch.setattr(module, "_EMBEDDINGS", cache)
    return cache


@pytest.fixture(scope="module", params=["sdxl", "sd3", "flux"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_miniature(request.param, tmp_path_factory.mktemp("miniatures") / request.param)


@pytest.fixture(scope="module")
def sdxl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_miniature("sdxl", tmp_path_factory.mktemp("miniatures") / "sdxl")


def load(folder: Path, **changes: Any) -> DiffusersSession:
    recipe = replace(describe_pipeline(folder, location=str(folder)), **changes)
    return DiffusersRunner().load(recipe)


def prompts(count: int = 3) -> list[PromptSeed]:
    return [PromptSeed(place, WORDS[place % 3], 100 + place, SPEC) for place in range(count)]


def pixels(results: Iterator[Generated]) -> list[Pixels]:
    found = []
    for result in results:
        assert result.image is not None, result.reason
        found.append(np.asarray(result.image))
    return found


def plain_loop(folder: Path, recipe: RecipeSpec, count: int) -> list[Pixels]:
    """What anybody would write: one call of the pipeline for each prompt."""
    pipeline = DiffusionPipeline.from_pretrained(str(folder), dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return [
        np.asarray(
            pipeline(
                prompt=prompt.text,
                generator=torch.Generator("cpu").manual_seed(prompt.seed),
                num_inference_steps=recipe.steps,
                guidance_scale=recipe.guidance,
                width=recipe.width,
                height=recipe.height,
            ).images[0]
        )
        for prompt in prompts(count)
    ]


def assert_same(ours: list[Pixels], theirs: list[Pixels]) -> None:
    assert len(ours) == len(theirs)
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_pixels_are_those_of_a_plain_loop(folder: Path) -> None:
    session = load(folder)
    ours = pixels(session.generate(prompts()))
    assert ours[0].shape == (SIDE, SIDE, 3)
    assert_same(ours, plain_loop(folder, session.recipe, 3))
    assert not np.array_equal(ours[0], ours[1])


@pytest.mark.parametrize("batch_size", [1, 4])
def test_pixels_of_the_bundled_pipeline_are_those_of_a_plain_loop(batch_size: int) -> None:
    folder = settings.MODELS_DIR / "tiny-b"
    session = load(folder, batch_size=batch_size, steps=4)
    assert_same(pixels(session.generate(prompts())), plain_loop(folder, session.recipe, 3))


def first_picture_s_noise(batch_size: int) -> torch.Tensor:
    """Return what the denoiser makes of the first picture at its first step: without and with its prompt."""
    session = load(settings.MODELS_DIR / "tiny-b", batch_size=batch_size, steps=1)
    made: list[torch.Tensor] = []

    def keep(_unet: Any, _inputs: Any, output: Any) -> None:
        made.append(output[0][[0, batch_size]])

    session.pipeline.unet.register_forward_hook(keep)
    list(session.generate(prompts(batch_size)))
    return made[0]


def test_what_comes_out_of_the_denoiser_does_not_depend_on_the_batch() -> None:
    assert torch.equal(first_picture_s_noise(1), first_picture_s_noise(4))


def test_a_prompt_is_encoded_once_for_all_its_seeds_and_batches(
    folder: Path, embeddings: EmbeddingCache
) -> None:
    session = load(folder)
    encoder = session.pipeline.text_encoder
    passes = []
    encoder.register_forward_hook(lambda *_args: passes.append(1))
    first = pixels(session.generate(prompts(3)))
    needed = len(passes)
    assert needed >= 3
    again = pixels(session.generate(prompts(3)))
    assert len(passes) == needed
    assert_same(first, again)
    # Another session of the same weights knows them already.
    assert_same(first, pixels(load(folder).generate(prompts(3))))
    assert len(embeddings) == 3


def test_other_weights_are_asked_again(folder: Path, tmp_path: Path, embeddings: EmbeddingCache) -> None:
    list(load(folder).generate(prompts(1)))
    other = save_miniature(folder.name, tmp_path / "other")
    part = other / "text_encoder" / "config.json"
    part.write_text(part.read_text() + "\n")
    list(load(other).generate(prompts(1)))
    assert len(embeddings) == 2


def test_encoders_that_are_let_go_before_denoising_change_no_pixel(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = pixels(load(folder).generate(prompts()))
    monkeypatch.setattr(module, "_EMBEDDINGS", EmbeddingCache())
    session = load(folder)
    session._placement = Placement.ENCODERS_PARKED
    order: list[str] = []
    session.pipeline.text_encoder.register_forward_hook(lambda *_args: order.append("encode"))
    denoiser = getattr(session.pipeline, "transformer", None) or session.pipeline.unet
    denoiser.register_forward_hook(lambda *_args: order.append("denoise"))
    assert_same(pixels(session.generate(prompts())), expected)
    assert order.index("denoise") == len([step for step in order if step == "encode"])


def test_a_batch_is_recorded_and_what_else_is_in_it_changes_nothing(folder: Path) -> None:
    session = load(folder, batch_size=2)
    results = list(session.generate(prompts(3)))
    assert [(r.details["batch"], r.details["place"]) for r in results] == [(2, 0), (2, 1), (2, 0)]
    alone = pixels(load(folder, batch_size=2).generate(prompts(1)))[0]
    assert results[0].image is not None
    assert_same([alone], [np.asarray(results[0].image)])


def test_the_time_is_split_into_stages(folder: Path) -> None:
    result = next(load(folder).generate(prompts(1)))
    times = result.timings_s
    assert set(times) == {"generate", "encode", "denoise", "decode"}
    assert all(seconds > 0 for seconds in times.values())
    assert times["generate"] == pytest.approx(times["encode"] + times["denoise"] + times["decode"], abs=2e-3)


def test_the_weights_hashes_are_kept(folder: Path) -> None:
    environment = load(folder).environment()
    assert len(environment["sha256 of vae/diffusion_pytorch_model.safetensors"]) == 64
    assert environment["torch"] == torch.__version__


def out_of_memory_while(
    session: DiffusersSession, part: Any, monkeypatch: pytest.MonkeyPatch, full: Any
) -> None:
    forward = part.forward

    def limited(*args: Any, **kwargs: Any) -> Any:
        if full(*args, **kwargs):
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return forward(*args, **kwargs)

    monkeypatch.setattr(part, "forward", limited)


def test_the_ladder_s_first_rung_is_a_batch_of_one(sdxl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = load(sdxl, batch_size=3)
    # With guidance a picture is two rows of the network's input.
    out_of_memory_while(
        session, session.pipeline.unet, monkeypatch, lambda sample, *_a, **_k: len(sample) > 2
    )
    results = list(session.generate(prompts(4)))
    assert [result.outcome for result in results] == [Outcome.OK] * 4
    assert {result.flags for result in results} == {("fallback-batch-of-one",)}
    assert {result.details["batch"] for result in results} == {1}
    expected = pixels(load(sdxl, batch_size=1).generate(prompts(4)))
    assert_same(pixels(iter(results)), expected)


def test_the_second_rung_decodes_in_tiles(sdxl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = load(sdxl, batch_size=2)
    vae = session.pipeline.vae
    out_of_memory_while(session, vae.decoder, monkeypatch, lambda *_a: not vae.use_tiling)
    results = list(session.generate(prompts(2)))
    assert [(result.outcome, result.flags) for result in results] == [(Outcome.OK, ("fallback-tiled",))] * 2


def test_the_last_rung_offloads(sdxl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = load(sdxl)
    offloaded: list[bool] = []
    monkeypatch.setattr(session.pipeline, "enable_model_cpu_offload", lambda: offloaded.append(True))
    # On a processor there is nowhere to offload to: the rung exists for accelerators alone.
    monkeypatch.setattr(
        module, "next_rung", lambda rung, **given: next_rung(rung, **{**given, "device": "cuda"})
    )
    out_of_memory_while(session, session.pipeline.unet, monkeypatch, lambda *_a, **_k: not offloaded)
    (result,) = session.generate(prompts(1))
    assert (result.outcome, result.flags) == (Outcome.OK, ("fallback-offloaded",))
    assert result.details["placement"] == "offloaded"


def test_at_the_ladder_s_end_a_picture_fails_with_its_reason(
    sdxl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = load(sdxl)
    out_of_memory_while(session, session.pipeline.unet, monkeypatch, lambda *_a, **_k: True)
    results = list(session.generate(prompts(2)))
    assert [result.outcome for result in results] == [Outcome.ERROR] * 2
    assert results[0].reason == "OutOfMemoryError: CUDA out of memory."
    assert results[0].flags == ("fallback-tiled",)


def test_pixels_of_the_wrong_mode_are_a_failure(sdxl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = load(sdxl)
    monkeypatch.setattr(
        session.pipeline.image_processor,
        "postprocess",
        lambda *_a, **_k: np.zeros((1, SIDE, SIDE, 4), dtype=np.float32),
    )
    (result,) = session.generate(prompts(1))
    assert result.outcome == Outcome.ERROR
    assert result.reason.startswith("the pipeline gave pixels of shape (32, 32, 4)")


def test_a_declared_variant_changes_the_pictures_and_the_text_sent(sdxl: Path) -> None:
    plain = pixels(load(sdxl).generate(prompts(1)))
    options = {"prompt_suffix": ", best quality"}
    with pytest.raises(RecipeError, match="prompt_suffix changes the model; it needs a variant's name"):
        load(sdxl, options=options)
    (suffixed,) = load(sdxl, options=options, variant="suffix").generate(prompts(1))
    assert suffixed.text_sent == "a red star, best quality"
    fewer_bits = {"storage_dtype": "float8_e4m3fn"}
    quantised = pixels(load(sdxl, options=fewer_bits, variant="fp8").generate(prompts(1)))
    assert not np.array_equal(plain[0], quantised[0])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dtype": "int4"}, "unknown dtype 'int4'"),
        ({"attention": "_flash_3_hub"}, "unknown attention '_flash_3_hub'"),
        ({"compile": "everything"}, "unknown compile 'everything'; there are none, regional"),
        ({"scheduler": "NoSuchScheduler"}, "cannot be loaded: .*NoSuchScheduler"),
        ({"pipeline_class": "FluxPipeline"}, "it is a StableDiffusionXLPipeline, where the recipe says Flux"),
    ],
)
def test_a_wrong_recipe_is_one_clear_line(sdxl: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        load(sdxl, **changes)


def test_another_scheduler_is_taken_from_the_recipe(sdxl: Path) -> None:
    plain = load(sdxl)
    session = load(sdxl, scheduler="DDIMScheduler")
    assert session.environment()["scheduler"] == "DDIMScheduler"
    assert not np.array_equal(pixels(session.generate(prompts(1)))[0], pixels(plain.generate(prompts(1)))[0])


def test_the_thread_that_draws_uses_as_many_threads_as_were_set(sdxl: Path) -> None:
    session = load(sdxl)
    seen: list[str] = []
    session.pipeline.unet.register_forward_hook(lambda *_args: seen.append(torch.__config__.parallel_info()))
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        list(session.generate(prompts(1)))
    finally:
        torch.set_num_threads(before)
    assert "omp_get_max_threads() : 2" in seen[0]


def test_a_consumer_that_leaves_stops_the_work(sdxl: Path) -> None:
    session = load(sdxl)
    passes: list[int] = []
    session.pipeline.vae.decoder.register_forward_hook(lambda *_args: passes.append(1))
    results = session.generate(prompts(60))
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(passes) < 10


@given(
    st.dictionaries(
        st.sampled_from(["text_encoder", "text_encoder_2", "transformer", "vae"]),
        st.integers(1, 100),
        min_size=1,
    ),
    st.integers(1, 400),
)
def test_more_memory_never_means_a_slower_placement(parts: dict[str, int], free: int) -> None:
    order = list(Placement)
    less, more = (choose_placement(parts, free_bytes=n) for n in (free, free + 50))
    assert order.index(more) <= order.index(less)

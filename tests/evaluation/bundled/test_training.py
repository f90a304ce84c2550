"""The training scripts run end to end with tiny settings, and what they save loads from disk alone."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")
open_clip = pytest.importorskip("open_clip")

from evaluation.bundled import train_bodies, train_clip, train_pipeline  # noqa: E402
from evaluation.bundled.bodies import FAULTS  # noqa: E402
from evaluation.bundled.body_net import BodyNet  # noqa: E402
from evaluation.bundled.corruptions import draw_pair  # noqa: E402
from evaluation.bundled.draw_bodies import TRAINED_STYLES, UNTRAINED_STYLES  # noqa: E402
from evaluation.bundled.tokenizers import build_tokenizer  # noqa: E402
from evaluation.bundled.training import Budget  # noqa: E402


def test_words_of_signs_and_of_the_grammar_are_one_token_and_others_are_spelled() -> None:
    tokenizer = build_tokenizer()
    assert tokenizer.tokenize('word "SUN" in red') == ["word", '"</w>', "SUN", '"</w>', "in", "red"]
    assert tokenizer.tokenize('"RED"') == ['"</w>', "r", "e", "d</w>", '"</w>']


def test_rate_rises_stays_and_falls_to_zero() -> None:
    budget = Budget(steps=1000)
    assert budget.rate(0) < budget.rate(50) < budget.rate(200) == budget.rate(749) == 1.0
    assert budget.rate(999) < 0.01
    assert list(Budget(steps=3)) == [0, 1, 2]


def test_minutes_become_steps() -> None:
    budget = Budget(minutes=1e-9)
    assert len(list(budget)) == budget.steps


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers, on NumPy 2
def test_one_step_of_every_stage_saves_a_pipeline_that_loads(tmp_path: Path) -> None:
    folder = tmp_path / "pipeline"
    options = ["--vae-steps", "1", "--steps", "1", "--scenes", "8", "--batch", "2", "--threads", "1"]
    train_pipeline.run(train_pipeline.parse([str(folder), *options]))
    pipeline = diffusers.DiffusionPipeline.from_pretrained(
        folder, use_safetensors=True, local_files_only=True, dtype=torch.float32
    )
    pipeline.set_progress_bar_config(disable=True)
    image = pipeline("two red circles", num_inference_steps=2, height=64, width=64).images[0]
    assert image.size == (64, 64)
    record = json.loads((folder / "training.json").read_text())
    assert [entry["steps"] for entry in record["denoiser"]] == [1]
    assert [entry["steps"] for entry in record["vae"]] == [1]


def test_the_same_seed_trains_the_same_weights(tmp_path: Path) -> None:
    options = ["--vae-steps", "1", "--steps", "2", "--scenes", "8", "--batch", "2", "--threads", "1"]
    for name in ("first", "second"):
        train_pipeline.run(train_pipeline.parse([str(tmp_path / name), *options]))
    weights = "unet/diffusion_pytorch_model.safetensors"
    assert (tmp_path / "first" / weights).read_bytes() == (tmp_path / "second" / weights).read_bytes()


def test_the_image_text_model_trains_and_loads(tmp_path: Path) -> None:
    options = ["--steps", "1", "--scenes", "16", "--batch", "4", "--threads", "1"]
    train_clip.run(train_clip.parse([str(tmp_path), *options]))
    model = open_clip.create_model(f"local-dir:{tmp_path}")
    tokens = open_clip.get_tokenizer(f"local-dir:{tmp_path}")(["two red circles"])
    assert model.encode_text(tokens).shape == (1, 96)
    assert set(json.loads((tmp_path / "training.json").read_text())["hard_negative_accuracy"]) >= {"word"}


def test_the_network_for_bodies_trains_and_loads(tmp_path: Path) -> None:
    options = ["--steps", "2", "--pairs", "12", "--unseen", "12", "--batch", "4"]
    train_bodies.run(train_bodies.parse([str(tmp_path), *options]))
    weights = load_file(tmp_path / "model.safetensors")
    BodyNet().load_state_dict({name: value.float() for name, value in weights.items()})
    record = json.loads((tmp_path / "training.json").read_text())
    assert set(record["accuracy"]) == {"fingers", "arms", "legs", "flaw"}


@pytest.mark.parametrize("kind", ["hand", "person"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_spoilt_body_differs_from_its_twin_and_says_how(kind: str, fault: str) -> None:
    counts = (5, 0) if kind == "hand" else (2, 2)
    for style in TRAINED_STYLES + UNTRAINED_STYLES:
        whole, spoilt = draw_pair(kind, fault, style, rng=np.random.default_rng(4), counts=counts)
        again, _ = draw_pair(kind, fault, style, rng=np.random.default_rng(4), counts=counts)
        assert whole.image.tobytes() == again.image.tobytes()
        assert spoilt.image.tobytes() != whole.image.tobytes()
        assert whole.is_flawed is False
        numbers = [getattr(spoilt, part) for part in ("fingers", "arms", "legs")]
        is_counted = fault in ("missing", "extra")
        assert (sum(number or 0 for number in numbers) - sum(counts)) == {"missing": -1, "extra": 1}.get(
            fault, -sum(counts)
        )
        assert spoilt.is_flawed is (False if is_counted else None if fault == "erased" else True)

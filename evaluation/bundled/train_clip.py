"""Train the bundled image-text model, which tells the caption of a scene from one that is slightly wrong.

python -m evaluation.bundled.train_clip data/models/tiny-clip --steps 900
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import open_clip
import torch
from safetensors.torch import save_file
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import CLIPTokenizer

from evaluation.bundled.foils import ATTRIBUTES, attributes, foil
from evaluation.bundled.pool import Pool, render_pool
from evaluation.bundled.scenes import GRAMMAR_VERSION, VARIANTS, Scene, caption
from evaluation.bundled.tokenizers import MAX_LENGTH, build_tokenizer
from evaluation.bundled.train_unet import tokenize
from evaluation.bundled.train_vae import as_tensor
from evaluation.bundled.training import Budget, set_rate

logger = logging.getLogger(__name__)

_PEAK_RATE: Final = 1e-3
_UNSEEN_SEED: Final = 1_000_003
_MEAN_AND_STD: Final = [0.5, 0.5, 0.5]


def model_config(vocabulary: int) -> dict[str, Any]:
    """The architecture in open_clip's own terms."""
    return {
        "embed_dim": 96,
        "vision_cfg": {"image_size": 64, "patch_size": 8, "layers": 4, "width": 96, "head_width": 32},
        "text_cfg": {
            "context_length": MAX_LENGTH,
            "vocab_size": vocabulary,
            "hf_tokenizer_name": "local-dir",  # open_clip then reads the tokenizer from the model's folder
            "width": 96,
            "heads": 3,
            "layers": 3,
            "pool_type": "eos",
        },
    }


def preprocessing() -> dict[str, Any]:
    """How open_clip must prepare pictures for this model."""
    return {
        "size": [64, 64],
        "mode": "RGB",
        "mean": _MEAN_AND_STD,
        "std": _MEAN_AND_STD,
        "interpolation": "bicubic",
    }


def save(folder: Path, *, model: open_clip.CLIP | None, tokenizer: CLIPTokenizer) -> None:
    """Write a folder that open_clip loads as `local-dir:FOLDER`."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
    config = {"model_cfg": model_config(len(tokenizer)), "preprocess_cfg": preprocessing()}
    (folder / "open_clip_config.json").write_text(json.dumps(config, indent=2) + "\n")
    if model is not None:
        weights = {name: value.detach().half().contiguous() for name, value in model.state_dict().items()}
        save_file(weights, folder / "open_clip_model.safetensors")


def build_model(tokenizer: CLIPTokenizer) -> open_clip.CLIP:
    """An untrained model, made by open_clip from its own configuration file."""
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder), model=None, tokenizer=tokenizer)
        return open_clip.create_model(f"local-dir:{folder}", load_weights=False)


class Contrast:
    """Batches of pictures with their captions and one foil each, and the loss on them."""

    def __init__(self, pool: Pool, *, tokenizer: CLIPTokenizer, seed: int) -> None:
        self.pool, self.tokenizer = pool, tokenizer
        self.rng = np.random.default_rng(seed)
        numbers: dict[Scene, int] = {}
        # Equal scenes have equal captions: they must not count as each other's negatives.
        self.kinds = torch.tensor([numbers.setdefault(scene, len(numbers)) for scene in pool.scenes])

    def loss(self, model: open_clip.CLIP, *, batch: int) -> torch.Tensor:
        """Symmetric cross entropy over the batch, with each picture's foil as one more wrong caption."""
        rows = self.rng.integers(len(self.pool.scenes), size=batch)
        scenes = [self.pool.scenes[row] for row in rows]
        foils = [self._foil(scene) for scene in scenes]
        texts = tokenize(self.tokenizer, [self._caption(scene) for scene in scenes + foils])
        with torch.autocast("cpu", torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
            seen = model.encode_image(as_tensor(self.pool.images[rows]), normalize=True).float()
            read = model.encode_text(texts, normalize=True).float()
        scale = model.logit_scale.exp()
        kinds = self.kinds[rows]
        same = (kinds[:, None] == kinds) & ~torch.eye(batch, dtype=torch.bool)
        logits = (scale * seen @ read[:batch].T).masked_fill(same, -torch.inf)
        wrong = scale * (seen * read[batch:]).sum(dim=1, keepdim=True)
        labels = torch.arange(batch)
        by_image = torch.nn.functional.cross_entropy(torch.cat([logits, wrong], dim=1), labels)
        by_text = torch.nn.functional.cross_entropy(logits.T, labels)
        # The pair alone again, so that the foil is not drowned by easy negatives.
        pair = torch.cat([logits.diagonal()[:, None], wrong], dim=1)
        return by_image + by_text + torch.nn.functional.cross_entropy(pair, torch.zeros_like(labels))

    def _caption(self, scene: Scene) -> str:
        return caption(scene, variant=int(self.rng.integers(VARIANTS)))

    def _foil(self, scene: Scene) -> Scene:
        names = attributes(scene)
        return foil(scene, attribute=names[int(self.rng.integers(len(names)))], rng=self.rng)


def train(model: open_clip.CLIP, *, contrast: Contrast, budget: Budget, batch: int) -> None:
    """Train in place."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=_PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.05)
    model.train()
    for step in budget:
        set_rate(optimizer, _PEAK_RATE * budget.rate(step))
        loss = contrast.loss(model, batch=batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        with torch.no_grad():
            model.logit_scale.clamp_(max=4.6)  # as CLIP does: a scale of at most 100
        if step % 50 == 0:
            logger.info("step %d, loss %.3f, %.1f min", step, loss.item(), budget.minutes_spent())
    model.eval()


@torch.no_grad()
def hard_negative_accuracy(
    model: open_clip.CLIP, *, tokenizer: CLIPTokenizer, scenes: int = 500, seed: int = _UNSEEN_SEED
) -> dict[str, float]:
    """Share of unseen scenes whose caption scores above a foil, for each attribute that was changed."""
    pool = render_pool(scenes, seed=seed)
    rng = np.random.default_rng(seed)
    seen = model.encode_image(as_tensor(pool.images), normalize=True)

    def read(captions: Sequence[str]) -> torch.Tensor:
        features: torch.Tensor = model.encode_text(tokenize(tokenizer, list(captions)), normalize=True)
        return features

    true = (seen * read(pool.captions(variant=0))).sum(dim=1)
    shares = {}
    for attribute in ATTRIBUTES:
        rows = [row for row, scene in enumerate(pool.scenes) if attribute in attributes(scene)]
        foils = [caption(foil(pool.scenes[row], attribute=attribute, rng=rng)) for row in rows]
        wrong = (seen[rows] * read(foils)).sum(dim=1)
        shares[attribute] = round((true[rows] > wrong).float().mean().item(), 3)
    return shares


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("output", type=Path, help="folder of the finished model")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--minutes", type=float, help="instead of steps")
    parser.add_argument("--cooldown-from", type=int, help="step at which the learning rate begins to fall")
    parser.add_argument("--scenes", type=int, default=40_000, help="pictures to render (default 40000)")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> None:
    """Train, measure and save."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    tokenizer = build_tokenizer()
    model = build_model(tokenizer)
    pool = render_pool(options.scenes, seed=options.seed)
    budget = Budget(options.steps, options.cooldown_from, options.minutes)
    contrast = Contrast(pool, tokenizer=tokenizer, seed=options.seed)
    train(model, contrast=contrast, budget=budget, batch=options.batch)
    save(options.output, model=model, tokenizer=tokenizer)
    record = {
        "grammar_version": GRAMMAR_VERSION,
        **{name: getattr(options, name) for name in ("seed", "scenes", "batch", "threads")},
        "torch": torch.__version__,
        "steps": budget.steps,
        "cooldown_from": budget.cooldown_from,
        "minutes": round(budget.minutes_spent(), 1),
        "hard_negative_accuracy": hard_negative_accuracy(model, tokenizer=tokenizer),
    }
    (options.output / "training.json").write_text(json.dumps(record, indent=2) + "\n")
    logger.info("hard-negative accuracy: %s", record["hard_negative_accuracy"])


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    run(parse())

"""Train one bundled text-to-image pipeline and save it in the diffusers format.

python -m evaluation.bundled.train_pipeline data/models/tiny-b --vae-steps 669 --steps 3000
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline

from evaluation.bundled.architecture import assemble, build_text_encoder, build_unet
from evaluation.bundled.pool import Pool, render_pool
from evaluation.bundled.scenes import FAMILIES, GRAMMAR_VERSION
from evaluation.bundled.tokenizers import build_tokenizer
from evaluation.bundled.train_unet import Denoiser, Examples, tokenize, train_denoiser
from evaluation.bundled.train_vae import build_vae, encode, train_vae
from evaluation.bundled.training import Budget, MovingAverage

logger = logging.getLogger(__name__)

_VAE_SCENES: Final = 20_000


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("output", type=Path, help="folder of the finished pipeline")
    autoencoder = parser.add_mutually_exclusive_group(required=True)
    autoencoder.add_argument("--vae", type=Path, help="take the autoencoder of this pipeline")
    autoencoder.add_argument(
        "--vae-steps", type=int, nargs="+", help="or train one, in rounds of these lengths"
    )
    parser.add_argument("--decoder-steps", type=int, default=0, help="last round, of its decoder alone")
    parser.add_argument("--resume", type=Path, help="go on from the denoiser of this pipeline")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--steps", type=int, help="steps of the denoiser")
    length.add_argument("--minutes", type=float, help="or its minutes")
    parser.add_argument("--cooldown-from", type=int, help="step at which the learning rate begins to fall")
    parser.add_argument("--scenes", type=int, default=40_000, help="pictures to render (default 40000)")
    parser.add_argument("--focus", choices=sorted(FAMILIES), help="draw half of the pictures from one family")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--snapshot-every", type=int, help="also save to OUTPUT-step-N every N steps")
    return parser.parse_args(arguments)


@dataclass(frozen=True)
class Autoencoder:
    """A trained autoencoder, and what repeats its training: one record per round."""

    vae: AutoencoderKL
    rounds: tuple[dict[str, int | bool], ...]


def run(options: argparse.Namespace) -> None:
    """Render, train both stages, save."""
    torch.set_num_threads(options.threads)
    pool = render_pool(options.scenes, seed=options.seed, focus=options.focus)
    logger.info("rendered %d scenes", len(pool.scenes))
    autoencoder = load_autoencoder(options.vae) if options.vae else train_autoencoder(pool, options=options)
    torch.manual_seed(options.seed)
    examples = encode_pool(pool, vae=autoencoder.vae)
    denoiser, earlier = start_denoiser(options.resume)
    budget = Budget(options.steps, options.cooldown_from, options.minutes)

    def snapshot(step: int, average: MovingAverage) -> None:
        if options.snapshot_every and step % options.snapshot_every == 0:
            frozen = copy.deepcopy(denoiser)
            frozen.load_state_dict(average.shadow)
            folder = options.output.with_name(f"{options.output.name}-step-{step}")
            # A run of this many steps without a cooldown ends with these weights.
            rounds = [*earlier, _round(options, budget=budget, steps=step, cooldown_from=step)]
            save(folder, autoencoder=autoencoder, denoiser=frozen, record=_record(rounds))

    train_denoiser(denoiser, examples=examples, budget=budget, batch=options.batch, snapshot=snapshot)
    last = _round(options, budget=budget, steps=budget.steps, cooldown_from=budget.cooldown_from)
    record = _record([*earlier, last])
    save(options.output, autoencoder=autoencoder, denoiser=denoiser, record=record)


def start_denoiser(resumed: Path | None) -> tuple[Denoiser, list[dict[str, Any]]]:
    """An untrained denoiser, or that of a saved pipeline with the records of its training rounds."""
    if resumed is None:
        return Denoiser(build_unet(), build_text_encoder(build_tokenizer())), []
    pipeline = StableDiffusionPipeline.from_pretrained(resumed, dtype=torch.float32, use_safetensors=True)
    rounds = json.loads((resumed / "training.json").read_text())["denoiser"]
    # Its vocabulary may be another one: words come and go at the end of it.
    pipeline.text_encoder.resize_token_embeddings(len(build_tokenizer()))
    return Denoiser(pipeline.unet, pipeline.text_encoder), rounds


def load_autoencoder(pipeline: Path) -> Autoencoder:
    """The autoencoder of a saved pipeline."""
    rounds = json.loads((pipeline / "training.json").read_text())["vae"]
    vae = AutoencoderKL.from_pretrained(pipeline / "vae", dtype=torch.float32, use_safetensors=True)
    return Autoencoder(vae, tuple(rounds))


def train_autoencoder(pool: Pool, *, options: argparse.Namespace) -> Autoencoder:
    """Train in rounds, each with its own seed and its own rise and fall of the learning rate."""
    torch.manual_seed(options.seed)
    vae, rounds = build_vae(), []
    plan = [(steps, False) for steps in options.vae_steps]
    if options.decoder_steps:
        plan.append((options.decoder_steps, True))
    for index, (steps, decoder_only) in enumerate(plan):
        if index:
            torch.manual_seed(options.seed + index)
        train_vae(
            vae,
            images=pool.images[:_VAE_SCENES],
            budget=Budget(steps),
            batch=options.batch,
            decoder_only=decoder_only,
        )
        rounds.append({"seed": options.seed + index, "steps": steps, "decoder_only": decoder_only})
    spread = encode(vae, pool.images).float().std().item()
    vae.register_to_config(scaling_factor=round(1 / spread, 5))
    return Autoencoder(vae, tuple(rounds))


def encode_pool(pool: Pool, *, vae: AutoencoderKL) -> Examples:
    """Latents and token ids of every scene, so that a training step draws and encodes nothing."""
    tokenizer = build_tokenizer()
    return Examples(
        latents=encode(vae, pool.images) * vae.config["scaling_factor"],
        tokens=torch.stack([tokenize(tokenizer, captions) for captions in pool.all_captions()]),
        no_caption=tokenize(tokenizer, [""])[0],
    )


def save(folder: Path, *, autoencoder: Autoencoder, denoiser: Denoiser, record: dict[str, Any]) -> None:
    """Write half-precision safetensors and, beside them, the record that repeats the run."""
    parts = copy.deepcopy((autoencoder.vae, denoiser.text_encoder, denoiser.unet))
    vae, text_encoder, unet = (part.to(torch.float16) for part in parts)
    for part in (vae, unet):
        # A resumed part remembers the folder that it came from; that is nobody else's business.
        part.register_to_config(_name_or_path="")
    assemble(vae, text_encoder, build_tokenizer(), unet).save_pretrained(folder, safe_serialization=True)
    sizes = {
        name: sum(weights.numel() for weights in part.parameters())
        for name, part in (("vae", vae), ("text_encoder", text_encoder), ("unet", unet))
    }
    record = record | {"vae": list(autoencoder.rounds), "parameters": sizes}
    (folder / "training.json").write_text(json.dumps(record, indent=2) + "\n")
    logger.info("saved %s", folder)


def _round(
    options: argparse.Namespace, *, budget: Budget, steps: int | None, cooldown_from: int | None
) -> dict[str, Any]:
    return {
        "seed": options.seed,
        "scenes": options.scenes,
        "focus": options.focus,
        "batch": options.batch,
        "threads": options.threads,
        "steps": steps,
        "cooldown_from": cooldown_from,
        "minutes": round(budget.minutes_spent(), 1),
    }


def _record(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "grammar_version": GRAMMAR_VERSION,
        "torch": torch.__version__,
        "machine": f"{platform.machine()}, {torch.backends.cpu.get_cpu_capability()}",
        "denoiser": rounds,
    }


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    run(parse())

"""Pictures per second of the diffusers runner against the loop that anybody would write.

    OMP_NUM_THREADS=1 python -m benchmarks.runner [--samples 24] [--pipeline data/models/tiny-b]

Both make the same pictures of the same prompts and seeds, two seeds a prompt, and write them as PNG; they take turns,
so that what else the machine does falls on both. Pixels are compared at batch 1. The machinery's overhead is what a
sample takes beyond the pipeline's own call.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import django
import numpy as np
import torch
from diffusers import DiffusionPipeline
from PIL import Image

ROUNDS = 3
CAPTIONS = (
    "a red star", "two blue circles", 'the word "CAT" in red', "a green square",
    "three yellow triangles", "a hand with five fingers", "a blue heart", "four red circles",
)  # fmt: skip


@dataclass(frozen=True)
class Round:
    """One turn: seconds in all, seconds inside the pipeline, and the pictures."""

    wall_s: float
    inside_s: float
    images: list[Image.Image]


def timed(work: Callable[[], tuple[list[Image.Image], float]]) -> Round:
    """Run one turn."""
    began = time.perf_counter()
    images, inside_s = work()
    return Round(time.perf_counter() - began, inside_s, images)


def write(image: Image.Image) -> Image.Image:
    """Write a picture as PNG, and forget the bytes."""
    image.save(BytesIO(), format="PNG")
    return image


def main() -> None:
    """Print the ratio, the overhead, and the largest difference between the pictures."""
    from evaluation.runners.base import PromptSeed, RecipeSpec  # noqa: PLC0415 - Django is set up first
    from evaluation.runners.describe import describe_pipeline  # noqa: PLC0415
    from evaluation.runners.diffusers import DiffusersRunner, DiffusersSession  # noqa: PLC0415
    from evaluation.suites.spec import PromptSpec  # noqa: PLC0415

    parser = argparse.ArgumentParser(description="Runner against a plain loop.")
    parser.add_argument("--samples", type=int, default=24)
    parser.add_argument("--pipeline", type=Path, default=Path("data/models/tiny-b"))
    options = parser.parse_args()
    spec = PromptSpec.from_dict({"objects": [{"shape": "star", "colour": "red"}]})
    prompts = [
        PromptSeed(place, CAPTIONS[place // 2 % len(CAPTIONS)], 1_000 + place, spec)
        for place in range(options.samples)
    ]
    recipe = replace(describe_pipeline(options.pipeline, location=str(options.pipeline)), batch_size=1)
    pipeline = DiffusionPipeline.from_pretrained(str(options.pipeline), dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)

    def loop() -> tuple[list[Image.Image], float]:
        return [write(plain(recipe, prompt)) for prompt in prompts], 0.0

    def plain(recipe: RecipeSpec, prompt: PromptSeed) -> Image.Image:
        image: Image.Image = pipeline(
            prompt=prompt.text,
            generator=torch.Generator("cpu").manual_seed(prompt.seed),
            num_inference_steps=recipe.steps,
            guidance_scale=recipe.guidance,
            width=recipe.width,
            height=recipe.height,
        ).images[0]
        return image

    def run(session: DiffusersSession) -> tuple[list[Image.Image], float]:
        results = list(session.generate(prompts))
        inside_s = sum(result.timings_s["generate"] for result in results)
        return [write(result.image) for result in results if result.image], inside_s

    alone = DiffusersRunner().load(recipe)
    together = DiffusersRunner().load(replace(recipe, batch_size=8))
    plain(recipe, prompts[0])
    rounds = [(timed(loop), timed(lambda: run(alone)), timed(lambda: run(together))) for _ in range(ROUNDS)]
    report(rounds, count=len(prompts))


def report(rounds: list[tuple[Round, Round, Round]], *, count: int) -> None:
    """Print medians over the rounds."""
    load = os.getloadavg()[0]
    loop_s, alone_s, together_s = (
        statistics.median(turn[place].wall_s for turn in rounds) for place in range(3)
    )
    overhead_ms = statistics.median((turn[1].wall_s - turn[1].inside_s) / count * 1_000 for turn in rounds)
    print(f"{count} pictures, {ROUNDS} rounds, {torch.get_num_threads()} thread(s), load {load:.0f}")
    print(f"plain loop          {count / loop_s:6.2f} samples/s")
    print(f"runner, batch 1     {count / alone_s:6.2f} samples/s  {loop_s / alone_s:5.2f} x")
    print(f"runner, batches of 8{count / together_s:6.2f} samples/s  {loop_s / together_s:5.2f} x")
    print(f"overhead of a sample, batch 1: {overhead_ms:.1f} ms")
    for name, place in (("batch 1", 1), ("batches of 8", 2)):
        worst = max(
            int(np.abs(np.asarray(a, dtype=int) - np.asarray(b, dtype=int)).max())
            for turn in rounds
            for a, b in zip(turn[0].images, turn[place].images, strict=True)
        )
        print(f"largest difference of a pixel, {name}: {worst} of 255")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    main()

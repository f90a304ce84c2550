"""Measure a bundled pipeline: share of words that read back exactly, and seconds per picture.

python -m evaluation.bundled.measure data/models/tiny-b
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from pathlib import Path
from typing import Final

import numpy as np
import torch
from diffusers import DiffusionPipeline
from PIL import Image
from rapidocr import RapidOCR

from evaluation.bundled.scenes import Scene, Text, caption, sample_scene

_UNSEEN_SEED: Final = 2_000_003
_READING_SIZE: Final = 256
STEPS: Final = 20
GUIDANCE: Final = 4.0


def word_scenes(count: int, *, seed: int = _UNSEEN_SEED) -> list[Scene]:
    """Words in dark colours on white, so that a miss is a misspelling and not poor contrast."""
    rng = np.random.default_rng(seed)
    words = [sample_scene(rng, family="text").texts[0].text for _ in range(count)]
    colours = ("black", "red", "blue", "green", "purple", "brown")
    return [Scene(texts=(Text(word, colours[i % len(colours)]),)) for i, word in enumerate(words)]


def paint(folder: Path, *, prompts: list[str]) -> tuple[list[Image.Image], float]:
    """One picture per prompt, each with its own seed, and the mean seconds that one took."""
    pipeline = DiffusionPipeline.from_pretrained(folder, use_safetensors=True, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    started = time.perf_counter()
    images = [
        pipeline(
            prompt,
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE,
            generator=torch.Generator().manual_seed(seed),
        ).images[0]
        for seed, prompt in enumerate(prompts)
    ]
    return images, (time.perf_counter() - started) / len(prompts)


def read(images: list[Image.Image]) -> list[str]:
    """The letters that RapidOCR finds in each picture, enlarged, in capitals and without spaces."""
    engine = RapidOCR(
        params={"EngineConfig.onnxruntime.intra_op_num_threads": 1, "Global.log_level": "error"}
    )
    found = []
    for image in images:
        large = image.resize((_READING_SIZE, _READING_SIZE), Image.Resampling.BICUBIC)
        result = engine(np.asarray(large)[:, :, ::-1].copy())
        found.append("".join(getattr(result, "txts", None) or ()).replace(" ", "").upper())
    return found


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("--words", type=int, default=40)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    scenes = word_scenes(options.words)
    images, seconds = paint(options.pipeline, prompts=[caption(scene) for scene in scenes])
    pairs = list(zip((scene.texts[0].text for scene in scenes), read(images), strict=True))
    exact = sum(word == found for word, found in pairs) / len(pairs)
    logging.getLogger(__name__).info(
        json.dumps({"words_exact": exact, "seconds_per_image": round(seconds, 2), "read": pairs})
    )


if __name__ == "__main__":
    main()

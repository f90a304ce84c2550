"""Models that cost nothing, or only time: what is left of a run with them is our machinery."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image

from evaluation.runners.base import Generated, PromptSeed

SIDE = 1_024


def smooth_picture() -> Image.Image:
    """Return a picture that compresses as drawings and photographs do, not as noise."""
    rng = np.random.default_rng(0)
    few = rng.integers(0, 255, (16, 16, 3), dtype=np.uint8)
    return Image.fromarray(few).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


class StillSession:
    """Gives the same picture again and again, at once."""

    def __init__(self) -> None:
        self._picture = smooth_picture()

    def environment(self) -> dict[str, str]:
        """Return nothing that varies."""
        return {"session": "still"}

    def generate(self, prompts: Sequence[PromptSeed]) -> Iterator[Generated]:
        """Yield a picture for every prompt, each different in one corner."""
        for prompt in prompts:
            picture = self._picture.copy()
            picture.putpixel((0, 0), (prompt.sample_id % 256, prompt.sample_id // 256 % 256, 7))
            yield Generated(prompt.sample_id, picture, text_sent=prompt.text)


class WaitingPipeline:
    """Stands where a pipeline on a GPU stands: a call takes time and hardly any processor, and is noted.

    ``calls`` holds when each began and ended, in seconds.
    """

    scheduler = None

    def __init__(self, *, seconds: float) -> None:
        self._pixels = np.asarray(smooth_picture(), dtype=np.float32) / 255
        self._seconds = seconds
        self.calls: list[tuple[float, float]] = []

    def encode_prompt(self, prompt: str) -> None:
        """Know no text encoder."""

    def __call__(self, **call: Any) -> Any:
        """Wait, and return the pixels of one picture for each generator, different in one corner."""
        began = time.perf_counter()
        images = np.stack([self._pixels] * len(call["generator"]))
        for pixels, generator in zip(images, call["generator"], strict=True):
            pixels[0, :4, :] = [[generator.initial_seed() >> bits & 255] for bits in (0, 8, 16, 24)]
            pixels[0, :4, :] /= 255
        time.sleep(max(0.0, began + self._seconds - time.perf_counter()))
        self.calls.append((began, time.perf_counter()))
        return SimpleNamespace(images=images)

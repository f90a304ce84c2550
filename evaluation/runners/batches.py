"""What comes out of a pipeline for a batch of prompts, and what is made of it: pictures, or reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from evaluation.runners.base import Generated, Outcome, PromptSeed

FILTERED = "the model's safety filter withheld the picture"
NO_NUMBERS = "the decoder gave values that are not numbers"
_CHANNELS = 3


@dataclass(frozen=True)
class DrawnBatch:
    """Pixels as the decoder gave them, (batch, height, width, channels) in 0 to 1; or an error for all."""

    prompts: Sequence[PromptSeed]
    texts: Sequence[str]
    truncated: Sequence[bool]
    pixels: Sequence[npt.NDArray[np.float32]] = ()
    filtered: Sequence[bool] = ()
    error: str = ""
    # Seconds of the whole batch by stage.
    stages_s: dict[str, float] = field(default_factory=dict)
    peak_memory_mb: int | None = None
    flags: tuple[str, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)

    def results(self) -> Iterator[Generated]:
        """Yield one result for every prompt."""
        for place, prompt in enumerate(self.prompts):
            reason, outcome = self._trouble(place)
            yield Generated(
                prompt.sample_id,
                None if reason else as_image(self.pixels[place]),
                outcome,
                reason,
                text_sent=self.texts[place],
                was_truncated=self.truncated[place],
                timings_s={
                    name: round(seconds / len(self.prompts), 4) for name, seconds in self.stages_s.items()
                },
                peak_memory_mb=self.peak_memory_mb,
                flags=(*self.flags, "nan") if reason == NO_NUMBERS else self.flags,
                details={**self.details, "place": place},
            )

    def _trouble(self, place: int) -> tuple[str, Outcome]:
        if self.error:
            return self.error, Outcome.ERROR
        if place < len(self.filtered) and self.filtered[place]:
            return FILTERED, Outcome.FILTERED
        reason = what_is_wrong(self.pixels[place])
        return reason, Outcome.ERROR if reason else Outcome.OK


def what_is_wrong(pixels: npt.NDArray[np.float32]) -> str:
    """Say why pixels are no picture; empty where they are one.

    >>> what_is_wrong(np.zeros((8, 8, 4), dtype=np.float32))
    'the pipeline gave pixels of shape (8, 8, 4), where height x width x 3 is expected'
    """
    if pixels.ndim != _CHANNELS or pixels.shape[-1] != _CHANNELS:
        return f"the pipeline gave pixels of shape {pixels.shape}, where height x width x 3 is expected"
    return "" if np.isfinite(pixels).all() else NO_NUMBERS


def as_image(pixels: npt.NDArray[np.float32]) -> Image.Image:
    """Return the picture, rounded as diffusers rounds it."""
    return Image.fromarray((pixels.clip(0, 1) * 255).round().astype(np.uint8))

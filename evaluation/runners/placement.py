"""Which parts of a pipeline lie on the accelerator while it denoises. Loads no model library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from evaluation.runners.base import RecipeError

# Of the free memory, for what is computed and not stored: activations, the decoder's peak, the allocator's gaps.
RESERVE: Final = 0.15
ENCODERS: Final = ("text_encoder", "text_encoder_2", "text_encoder_3")
DENOISERS: Final = ("transformer", "unet")


class Placement(StrEnum):
    """What lies on the accelerator while denoising."""

    WHOLE = "whole"
    ENCODERS_PARKED = "encoders-parked"
    OFFLOADED = "offloaded"


def choose_placement(part_bytes: Mapping[str, int], *, free_bytes: int) -> Placement:
    """Return the first placement whose parts fit beside the reserve.

    >>> parts = {"text_encoder": 40, "transformer": 50, "vae": 1}
    >>> [str(choose_placement(parts, free_bytes=free)) for free in (120, 80, 50)]
    ['whole', 'encoders-parked', 'offloaded']
    """
    usable = free_bytes * (1 - RESERVE)
    total = sum(part_bytes.values())
    encoders = [size for name, size in part_bytes.items() if name in ENCODERS]
    if total <= usable:
        return Placement.WHOLE
    # While encoding, the encoders are alone there; while denoising, everything else is.
    if max(sum(encoders), total - sum(encoders)) <= usable:
        return Placement.ENCODERS_PARKED
    return Placement.OFFLOADED


@dataclass(frozen=True)
class Needs:
    """What one picture of a recipe needs. ``tflop_per_picture`` is None where nobody knows how to count it."""

    parameters: dict[str, int]
    part_bytes: dict[str, int]
    activation_bytes: int
    tflop_per_picture: float | None

    @property
    def total_bytes(self) -> int:
        """Everything at once on the accelerator."""
        return sum(self.part_bytes.values()) + self.activation_bytes

    def placement(self, memory_bytes: int) -> Placement:
        """Return how the parts would lie on an accelerator of so much memory.

        Raises:
            RecipeError: where even the largest part alone does not fit.
        """
        name, largest = max(self.part_bytes.items(), key=lambda item: item[1])
        if largest + self.activation_bytes > memory_bytes:
            needed, there = (largest + self.activation_bytes) / 1e9, memory_bytes / 1e9
            raise RecipeError(
                f"cannot fit: its {name} alone needs {needed:.1f} GB, and the worker's GPU has {there:.1f} GB"
            )
        return choose_placement(self.part_bytes, free_bytes=memory_bytes - self.activation_bytes)

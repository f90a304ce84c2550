"""Moves a pipeline's parts, and goes down the declared ladder when memory runs out."""

from __future__ import annotations

import gc
from enum import StrEnum
from typing import Any, Final

import torch

from evaluation.runners.placement import ENCODERS


class Rung(StrEnum):
    """A step of the ladder; each includes those before it. Every sample made below the top says so."""

    NONE = ""
    BATCH_OF_ONE = "batch-of-one"
    TILED = "tiled"
    OFFLOADED = "offloaded"


LADDER: Final = (Rung.NONE, Rung.BATCH_OF_ONE, Rung.TILED, Rung.OFFLOADED)


def part_sizes(pipeline: Any) -> dict[str, int]:
    """Return the bytes of each part's parameters and buffers."""
    return {
        name: sum(tensor.nbytes for tensor in (*part.parameters(), *part.buffers()))
        for name, part in pipeline.components.items()
        if isinstance(part, torch.nn.Module)
    }


def move(pipeline: Any, *, encoders: str, others: str) -> None:
    """Put the text encoders on one device and everything else on another."""
    for name, part in pipeline.components.items():
        if isinstance(part, torch.nn.Module):
            part.to(encoders if name in ENCODERS else others)
    release()


def release() -> None:
    """Give back what is held for nobody."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out, on an accelerator or not."""
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)


def next_rung(rung: Rung, *, pipeline: Any, batch_size: int, device: str) -> Rung | None:
    """Return the next step that would change anything, or None at the ladder's end."""
    for lower in LADDER[LADDER.index(rung) + 1 :]:
        if lower is Rung.BATCH_OF_ONE and batch_size == 1:
            continue
        if lower is Rung.TILED and not hasattr(getattr(pipeline, "vae", None), "enable_tiling"):
            continue
        if lower is Rung.OFFLOADED and device == "cpu":
            continue
        return lower
    return None


def step_down(pipeline: Any, rung: Rung) -> None:
    """Change the pipeline as the rung says."""
    release()
    if rung is Rung.TILED:
        pipeline.vae.enable_tiling()
    elif rung is Rung.OFFLOADED:
        pipeline.enable_model_cpu_offload()

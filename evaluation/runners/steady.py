"""Keeps a picture the same in whatever batch it is drawn, on the processor.

There a batch changes a picture by the last bits of a float, which rounding can show as one of 255, for two reasons.
Matrix products of a few rows take other kernels than those of a few more: what a denoiser makes of the time step has
one row a picture (two with guidance), so it is computed picture by picture; all else has hundreds of rows in any
batch. And convolutions of few channels, as a decoder begins with, choose their kernels by the batch: pictures are
decoded one by one.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from evaluation.runners.placement import DENOISERS


class Steadiness:
    """Has a pipeline draw each picture of a batch as if it were alone; ``n_pictures`` is the batch's size."""

    def __init__(self, pipeline: Any) -> None:
        self.n_pictures = 1
        for name in DENOISERS:
            part = getattr(pipeline, name, None)
            for module in part.modules() if isinstance(part, torch.nn.Module) else ():
                if isinstance(module, torch.nn.Linear):
                    module.register_forward_hook(self._picture_by_picture)
        if hasattr(getattr(pipeline, "vae", None), "enable_slicing"):
            pipeline.vae.enable_slicing()

    def _picture_by_picture(
        self, layer: torch.nn.Linear, inputs: tuple[torch.Tensor, ...], output: torch.Tensor
    ) -> torch.Tensor:
        """Compute a product of one or two rows a picture in as many parts as there are pictures."""
        rows = inputs[0]
        if self.n_pictures == 1 or rows.ndim > 2 or len(rows) % self.n_pictures:
            return output
        parts = rows.chunk(self.n_pictures)
        return torch.cat([functional.linear(part, layer.weight, layer.bias) for part in parts])

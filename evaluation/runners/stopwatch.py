"""Splits the time of a pipeline's call into its stages without taking the call apart."""

from __future__ import annotations

import time
from typing import Any

import torch


class Stopwatch:
    """Measures how long the decoder works; what is left of a call is encoding and denoising."""

    def __init__(self, pipeline: Any, *, device: str) -> None:
        self._device = device
        self.decode_s = 0.0
        if (vae := getattr(pipeline, "vae", None)) is not None:
            self._decode = vae.decode
            vae.decode = self._timed

    def now(self) -> float:
        """Return a time at which the accelerator has done all that it was told."""
        if self._device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter()

    def _timed(self, *args: Any, **kwargs: Any) -> Any:
        started = self.now()
        try:
            return self._decode(*args, **kwargs)
        finally:
            self.decode_s += self.now() - started

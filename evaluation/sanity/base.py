"""What a sanity suite measures, and the gate that a scorer must pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Final, Protocol

import numpy as np
from PIL import Image

from evaluation.measures import measure_of
from evaluation.readers.registry import load_reader
from evaluation.scorers.base import Value
from evaluation.suites.spec import PromptSpec

SIDE: Final = 256


@dataclass(frozen=True)
class Gate:
    """A bound that a measure must keep: at least or at most."""

    bound: float
    is_least: bool = True

    def passes(self, value: float) -> bool:
        """Whether the value keeps the bound.

        >>> Gate(0.97, is_least=True).passes(0.98), Gate(0.05, is_least=False).passes(0.06)
        (True, False)
        """
        return value >= self.bound if self.is_least else value <= self.bound

    def __str__(self) -> str:
        if self.bound == -inf:
            return "published, no gate"
        return f"{'>=' if self.is_least else '<='} {self.bound:g}"


@dataclass(frozen=True)
class Check:
    """One measured property of a scorer."""

    scorer: str
    sanity_suite: str
    measure: str
    value: float
    gate: Gate
    n_images: int

    @property
    def passed(self) -> bool:
        """Whether the gate is passed."""
        return self.gate.passes(self.value)


class SanitySuite(Protocol):
    """Measure a scorer on pictures with known truth."""

    def __call__(self, *, scale: int) -> Iterator[Check]:
        """Yield the checks, from ``scale`` times as many pictures as continuous tests take."""
        ...


PUBLISHED: Final = Gate(-inf)
"""For what is measured and shown, and enters no score."""


def at_least(bound: float) -> Gate:
    """Return the gate ``>= bound``."""
    return Gate(bound, is_least=True)


def at_most(bound: float) -> Gate:
    """Return the gate ``<= bound``."""
    return Gate(bound, is_least=False)


def judge(scorer: str, image: Image.Image, spec: PromptSpec) -> dict[str, Value]:
    """Let a scorer and its readers judge one picture, as the evaluation does; return values by metric."""
    measure = measure_of(scorer)
    seen = {reader.name: load_reader(reader.name)(image, spec) for reader in measure.readers}
    return {value.metric: value for value in measure.scorer.score(spec, seen)}


def blanks(*, seed: int) -> list[Image.Image]:
    """Pictures that show nothing: plain colours and noise."""
    rng = np.random.default_rng(seed)
    plain = [Image.new("RGB", (SIDE, SIDE), colour) for colour in ("white", "black", "#888888")]
    noise: Sequence[Any] = [rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8) for _ in range(3)]
    return plain + [Image.fromarray(pixels) for pixels in noise]

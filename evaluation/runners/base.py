"""What runners have in common. Importing this module loads no model library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from PIL import Image

from evaluation.suites.spec import PromptSpec


class RecipeError(Exception):
    """A recipe that must not or cannot be run at all; the message is one clear line."""


class Outcome(StrEnum):
    """What became of one prompt."""

    OK = "ok"
    FILTERED = "filtered"
    ERROR = "error"


@dataclass(frozen=True)
class RecipeSpec:
    """How to run a model: the fields of a stored recipe that a runner needs."""

    runner: str
    location: str
    revision: str
    pipeline_class: str = ""
    scheduler: str = ""
    steps: int = 1
    guidance: float = 0.0
    width: int = 256
    height: int = 256
    dtype: str = "float32"
    attention: str = "sdpa"
    batch_size: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    compile: str = "none"
    # What sets it apart from the canonical recipe, such as quantised weights; empty for a canonical one.
    variant: str = ""


@dataclass(frozen=True)
class PromptSeed:
    """One picture to make. Real runners see the text and the seed alone; ``spec`` is for the painter."""

    sample_id: int
    text: str
    seed: int
    spec: PromptSpec


@dataclass(frozen=True)
class Generated:
    """What came of one prompt and seed; no picture means that ``reason`` says why."""

    sample_id: int
    image: Image.Image | None
    outcome: Outcome = Outcome.OK
    reason: str = ""
    text_sent: str = ""
    was_truncated: bool = False
    timings_s: dict[str, float] = field(default_factory=dict)
    peak_memory_mb: int | None = None
    flags: tuple[str, ...] = ()
    # What a service says it charged; None where it says nothing.
    cost_usd: Decimal | None = None
    # How it was made: place in its batch, fallbacks, tokens used, what a service said beside the picture.
    details: dict[str, Any] = field(default_factory=dict)


class Session(Protocol):
    """A loaded model."""

    def environment(self) -> dict[str, str]:
        """Return library versions and hardware."""
        ...

    def generate(self, prompts: Sequence[PromptSeed]) -> Iterator[Generated]:
        """Yield one result for every prompt, each as soon as it is there."""
        ...


class Runner(Protocol):
    """A way of running models."""

    def load(self, recipe: RecipeSpec) -> Session:
        """Load what the recipe names.

        Raises:
            RecipeError: where it must not or cannot be run.
        """
        ...

"""Runs diffusers pipelines: safetensors only, no code of the model's own, one CPU generator per picture."""

from __future__ import annotations

import platform
import resource
from collections.abc import Iterator, Sequence
from typing import Any, Final

import diffusers
import torch
import transformers

from evaluation.runners.ahead import make_ahead
from evaluation.runners.base import Generated, PromptSeed, RecipeSpec
from evaluation.runners.batches import DrawnBatch
from evaluation.runners.embeddings import EmbeddingCache, PromptEncoder
from evaluation.runners.memory import (
    Rung,
    is_out_of_memory,
    move,
    next_rung,
    part_sizes,
    release,
    step_down,
)
from evaluation.runners.pipelines import Loaded, load_pipeline
from evaluation.runners.placement import Placement, choose_placement
from evaluation.runners.steady import Steadiness
from evaluation.runners.stopwatch import Stopwatch
from evaluation.runners.truncation import is_truncated

# Shared by all models of this process: two that use the same text encoders encode a prompt once.
_EMBEDDINGS: Final = EmbeddingCache()
# Batches that may wait, decoded, while the next one is denoised.
_AHEAD: Final = 2


class DiffusersRunner:
    """Runs any ``DiffusionPipeline`` by local path, or by hub id at a pinned commit."""

    def load(self, recipe: RecipeSpec) -> DiffusersSession:
        """Load the pipeline, and lay as much of it onto the GPU as fits there."""
        # A model that was dropped refers to itself: its memory comes back only by this.
        release()
        return DiffusersSession(recipe, load_pipeline(recipe))


class DiffusersSession:
    """A loaded pipeline. Where memory runs out, it goes down the ladder of ``memory.py`` and stays there."""

    def __init__(self, recipe: RecipeSpec, loaded: Loaded) -> None:
        self.recipe = recipe
        self.pipeline = loaded.pipeline
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self._weights = loaded.weights
        self._encoder = PromptEncoder(
            loaded.pipeline, encoder_digest=loaded.encoder_digest, cache=_EMBEDDINGS
        )
        self._stopwatch = Stopwatch(loaded.pipeline, device=self.device)
        # Hooks would break a compiled graph; on a GPU every kernel depends on the batch.
        is_steady = self.device == "cpu" and recipe.batch_size > 1 and recipe.compile == "none"
        self._steadiness = Steadiness(loaded.pipeline) if is_steady else None
        self._rung = Rung.NONE
        self._placement = self._place()

    def environment(self) -> dict[str, str]:
        """Return library versions, hardware and the weights' hashes."""
        return {
            "diffusers": diffusers.__version__,
            "transformers": transformers.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
            "device": torch.cuda.get_device_name() if self.device == "cuda" else platform.machine(),
            "threads": str(torch.get_num_threads()),
            "scheduler": type(self.pipeline.scheduler).__name__,
            "compile": self.recipe.compile,
            **{f"sha256 of {name}": digest for name, digest in self._weights.items()},
        }

    def generate(self, prompts: Sequence[PromptSeed]) -> Iterator[Generated]:
        """Yield the results batch by batch; while one is dealt with, the next is already being denoised."""
        for batch in make_ahead(self._batches(prompts), depth=_AHEAD):
            yield from batch.results()

    def _place(self) -> Placement:
        """Lay the parts where they fit."""
        if self.device == "cpu":
            return Placement.WHOLE
        free_bytes, _ = torch.cuda.mem_get_info()
        placement = choose_placement(part_sizes(self.pipeline), free_bytes=free_bytes)
        if placement is Placement.WHOLE:
            self.pipeline.to(self.device)
        elif placement is Placement.OFFLOADED:
            self.pipeline.enable_model_cpu_offload()
        return placement

    def _batches(self, prompts: Sequence[PromptSeed]) -> Iterator[DrawnBatch]:
        # OpenMP counts threads for each thread that asks: a new one would take all cores, whatever was set.
        torch.set_num_threads(torch.get_num_threads())
        if self._placement is Placement.ENCODERS_PARKED:
            self._encode_parked(prompts)
        for start in range(0, len(prompts), self.recipe.batch_size):
            yield from self._attempt(prompts[start : start + self.recipe.batch_size])

    def _encode_parked(self, prompts: Sequence[PromptSeed]) -> None:
        """Encode with the denoiser away, then let the encoders go and the denoiser come."""
        move(self.pipeline, encoders=self.device, others="cpu")
        for prompt in prompts:
            try:
                self._encoder.encode_ahead(self._call([prompt]))
            except Exception:  # noqa: BLE001, S112 - it fails again, and is recorded, when it is drawn
                continue
        move(self.pipeline, encoders="cpu", others=self.device)

    def _attempt(self, batch: Sequence[PromptSeed]) -> Iterator[DrawnBatch]:
        """Draw a batch. One that fails is tried again alone, or a rung further down where memory ran out."""
        # From the first rung on, every picture is a batch of its own.
        if len(batch) > 1 and self._rung is not Rung.NONE:
            yield from self._each_alone(batch)
            return
        try:
            drawn = self._draw(batch)
        except Exception as error:  # noqa: BLE001 - whatever a pipeline raises, the other pictures go on
            reason, ran_out = f"{type(error).__name__}: {error}", is_out_of_memory(error)
        else:
            yield drawn
            return
        # Only now is the error gone, and with it what its traceback held in memory.
        if ran_out and self._step_down():
            yield from self._attempt(batch)
        elif len(batch) > 1:
            yield from self._each_alone(batch)
        else:
            yield DrawnBatch(batch, *self._texts(batch), error=reason, flags=self._flags())

    def _each_alone(self, batch: Sequence[PromptSeed]) -> Iterator[DrawnBatch]:
        for prompt in batch:
            yield from self._attempt([prompt])

    def _step_down(self) -> bool:
        """Go to the next rung of the ladder; False at its end."""
        lower = next_rung(
            self._rung, pipeline=self.pipeline, batch_size=self.recipe.batch_size, device=self.device
        )
        release()
        if lower is None:
            return False
        self._rung = lower
        step_down(self.pipeline, lower)
        if lower is Rung.OFFLOADED:
            self._placement = Placement.OFFLOADED
        return True

    def _draw(self, batch: Sequence[PromptSeed]) -> DrawnBatch:
        """Draw one batch, always of the same size: what else is in it must not change a picture."""
        size = self.recipe.batch_size if self._rung is Rung.NONE else 1
        padded = [*batch, *[batch[-1]] * (size - len(batch))]
        if self._steadiness:
            self._steadiness.n_pictures = size
        if self.device == "cuda":
            torch.cuda.reset_peak_memory_stats()
        self._encoder.seconds = self._stopwatch.decode_s = 0.0
        started = self._stopwatch.now()
        output = self.pipeline(**self._call(padded))
        seconds = self._stopwatch.now() - started
        encode_s, decode_s = self._encoder.seconds, self._stopwatch.decode_s
        return DrawnBatch(
            batch,
            *self._texts(batch),
            pixels=output.images[: len(batch)],
            filtered=[bool(flag) for flag in getattr(output, "nsfw_content_detected", None) or ()],
            stages_s={
                "generate": seconds,
                "encode": encode_s,
                "denoise": seconds - encode_s - decode_s,
                "decode": decode_s,
            },
            peak_memory_mb=self._peak_memory_mb(),
            flags=self._flags(),
            details={"batch": size, "placement": str(self._placement)},
        )

    def _call(self, prompts: Sequence[PromptSeed]) -> dict[str, Any]:
        """Return the arguments of the pipeline's call."""
        recipe = self.recipe
        stated = {
            name: [value] * len(prompts) if name.startswith("negative_prompt") else value
            for name, value in recipe.options.get("arguments", {}).items()
        }
        return {
            **stated,
            "prompt": [self._sent(prompt) for prompt in prompts],
            "generator": [torch.Generator("cpu").manual_seed(prompt.seed) for prompt in prompts],
            "num_inference_steps": recipe.steps,
            recipe.options.get("guidance_argument", "guidance_scale"): recipe.guidance,
            "width": recipe.width,
            "height": recipe.height,
            "output_type": "np",
        }

    def _texts(self, batch: Sequence[PromptSeed]) -> tuple[list[str], list[bool]]:
        """Return what was sent and whether it was cut off; in this thread, as a tokenizer serves only one."""
        texts = [self._sent(prompt) for prompt in batch]
        arguments = self.recipe.options.get("arguments", {})
        return texts, [is_truncated(text, pipeline=self.pipeline, arguments=arguments) for text in texts]

    def _sent(self, prompt: PromptSeed) -> str:
        return f"{prompt.text}{self.recipe.options.get('prompt_suffix', '')}"

    def _flags(self) -> tuple[str, ...]:
        return (f"fallback-{self._rung}",) if self._rung else ()

    def _peak_memory_mb(self) -> int:
        if self.device == "cuda":
            return int(torch.cuda.max_memory_allocated() // 2**20)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

"""Runs diffusers pipelines: safetensors only, no code of the model's own, one CPU generator per picture."""

from __future__ import annotations

import platform
import re
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import diffusers
import numpy as np
import numpy.typing as npt
import torch
import transformers
from PIL import Image

from evaluation.runners.base import Generated, Outcome, PromptSeed, RecipeError, RecipeSpec
from evaluation.runners.describe import check_folder, files_digest

_DTYPES: Final = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")


class DiffusersRunner:
    """Runs any ``DiffusionPipeline`` by local path, or by hub id at a pinned commit."""

    def load(self, recipe: RecipeSpec) -> DiffusersSession:
        """Load the pipeline onto the GPU where there is one."""
        device = "cuda" if torch.cuda.is_available() else "cpu"
        pipeline = _load(recipe).to(device)
        pipeline.set_progress_bar_config(disable=True)
        return DiffusersSession(recipe, pipeline, device)


@dataclass(frozen=True)
class DiffusersSession:
    """A loaded pipeline."""

    recipe: RecipeSpec
    pipeline: Any
    device: str

    def environment(self) -> dict[str, str]:
        """Return library versions and hardware."""
        return {
            "diffusers": diffusers.__version__,
            "transformers": transformers.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
            "device": torch.cuda.get_device_name() if self.device == "cuda" else platform.machine(),
            "threads": str(torch.get_num_threads()),
        }

    def generate(self, prompts: Sequence[PromptSeed]) -> Iterator[Generated]:
        """Yield the results batch by batch; a batch that fails is tried again one by one."""
        size = self.recipe.batch_size
        for start in range(0, len(prompts), size):
            batch = prompts[start : start + size]
            try:
                results = self._generate(batch)
            except Exception as error:  # noqa: BLE001 - whatever a pipeline raises, the other pictures go on
                if len(batch) == 1:
                    results = [self._failed(batch[0], f"{type(error).__name__}: {error}")]
                else:
                    results = [result for prompt in batch for result in self.generate([prompt])]
            yield from results

    def _generate(self, batch: Sequence[PromptSeed]) -> list[Generated]:
        """Make one batch, always of the recipe's size: what else is in it must not change a picture."""
        padded = [*batch, *[batch[-1]] * (self.recipe.batch_size - len(batch))]
        started = time.perf_counter()
        output = self.pipeline(
            prompt=[prompt.text for prompt in padded],
            generator=[torch.Generator("cpu").manual_seed(prompt.seed) for prompt in padded],
            num_inference_steps=self.recipe.steps,
            guidance_scale=self.recipe.guidance,
            width=self.recipe.width,
            height=self.recipe.height,
            output_type="np",
        )
        seconds = (time.perf_counter() - started) / len(batch)
        filtered = getattr(output, "nsfw_content_detected", None) or [False] * len(padded)
        return [
            self._result(prompt, pixels, is_filtered=bool(is_filtered), seconds=seconds)
            for prompt, pixels, is_filtered in zip(batch, output.images, filtered, strict=False)
        ]

    def _result(
        self, prompt: PromptSeed, pixels: npt.NDArray[np.float32], *, is_filtered: bool, seconds: float
    ) -> Generated:
        if is_filtered:
            return self._failed(prompt, "the model's safety filter withheld the picture", Outcome.FILTERED)
        if not np.isfinite(pixels).all():
            return self._failed(prompt, "the decoder gave values that are not numbers")
        return Generated(
            prompt.sample_id,
            Image.fromarray((pixels.clip(0, 1) * 255).round().astype(np.uint8)),
            text_sent=prompt.text,
            was_truncated=self._is_truncated(prompt.text),
            timings_s={"generate": round(seconds, 4)},
            peak_memory_mb=self._peak_memory_mb(),
        )

    def _failed(self, prompt: PromptSeed, reason: str, outcome: Outcome = Outcome.ERROR) -> Generated:
        truncated = self._is_truncated(prompt.text)
        return Generated(prompt.sample_id, None, outcome, reason, prompt.text, truncated)

    def _is_truncated(self, text: str) -> bool:
        """Whether even the most patient text encoder sees only a beginning of the prompt."""
        names = ("tokenizer", "tokenizer_2", "tokenizer_3")
        tokenizers = [found for name in names if (found := getattr(self.pipeline, name, None)) is not None]
        if not tokenizers:
            return False
        tokenizer = max(tokenizers, key=lambda found: int(found.model_max_length))
        return len(tokenizer(text, truncation=False).input_ids) > int(tokenizer.model_max_length)

    def _peak_memory_mb(self) -> int:
        if self.device == "cuda":
            return int(torch.cuda.max_memory_allocated() // 2**20)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _load(recipe: RecipeSpec) -> Any:
    is_local = Path(recipe.location).is_dir()
    if is_local:
        _check_local(recipe)
    elif not _COMMIT.fullmatch(recipe.revision):
        raise RecipeError(f"{recipe.location}: a hub model needs a pinned commit, not {recipe.revision!r}")
    if recipe.dtype not in _DTYPES:
        raise RecipeError(f"unknown dtype {recipe.dtype!r}; there are {', '.join(sorted(_DTYPES))}")
    try:
        return diffusers.DiffusionPipeline.from_pretrained(
            recipe.location,
            revision=None if is_local else recipe.revision,
            dtype=_DTYPES[recipe.dtype],
            use_safetensors=True,
            local_files_only=is_local,
            trust_remote_code=False,
        )
    except (OSError, ValueError, KeyError, AttributeError) as error:
        words = " ".join(str(error).split())
        raise RecipeError(f"{recipe.location} cannot be loaded: {words}") from error


def _check_local(recipe: RecipeSpec) -> None:
    folder = Path(recipe.location)
    check_folder(folder, name=recipe.location)
    if files_digest(folder) != recipe.revision:
        raise RecipeError(
            f"{recipe.location}: its files are not those of the recipe; plan the evaluation again"
        )

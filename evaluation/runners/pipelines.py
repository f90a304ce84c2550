"""Loads a diffusers pipeline as its recipe says, and refuses what the recipe must not ask for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import diffusers
import torch

from evaluation.runners.base import RecipeError, RecipeSpec
from evaluation.runners.describe import check_folder, files_digest
from evaluation.runners.hub import check_repository, weights_hashes
from evaluation.runners.placement import DENOISERS

DTYPES: Final = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_STORAGE: Final = {"float8_e4m3fn": torch.float8_e4m3fn, "float8_e5m2": torch.float8_e5m2}
# Attention that computes the same in another order; the hub's kernels would be fetched and run.
_ATTENTION: Final = frozenset({"native", "flash", "_flash_3", "flex", "xformers", "_native_cudnn"})
_LOSSY: Final = ("storage_dtype", "first_block_cache", "prompt_suffix")


@dataclass(frozen=True)
class Loaded:
    """A pipeline on the processor, and the hashes of what it was made of."""

    pipeline: Any
    weights: dict[str, str]
    encoder_digest: str


def load_pipeline(recipe: RecipeSpec) -> Loaded:
    """Load what the recipe names.

    Raises:
        RecipeError: one line, where it must not or cannot be loaded.
    """
    _check(recipe)
    is_local = Path(recipe.location).is_dir()
    if is_local:
        _check_local(recipe)
    else:
        check_repository(recipe.location, revision=recipe.revision)
    try:
        folder = Path(recipe.location) if is_local else _fetch(recipe)
        pipeline = diffusers.DiffusionPipeline.from_pretrained(
            str(folder),
            dtype=DTYPES[recipe.dtype],
            variant=recipe.options.get("weights_variant") or None,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
        )
        _adjust(pipeline, recipe)
    except (OSError, ValueError, KeyError, AttributeError, ImportError) as error:
        words = " ".join(str(error).split())
        raise RecipeError(f"{recipe.location} cannot be loaded: {words}") from error
    hashes = weights_hashes(folder)
    return Loaded(pipeline, hashes, encoder_digest(folder, hashes=hashes, recipe=recipe))


def fetch(recipe: RecipeSpec) -> None:
    """Fetch a hub model's files into the cache of this machine, after the same checks as before loading.

    Raises:
        RecipeError: one line, where it must not or cannot be fetched.
    """
    _check(recipe)
    check_repository(recipe.location, revision=recipe.revision)
    try:
        _fetch(recipe)
    except (OSError, ValueError) as error:
        words = " ".join(str(error).split())
        raise RecipeError(f"{recipe.location} cannot be fetched: {words}") from error


def denoiser(pipeline: Any) -> Any:
    """Return the part that removes the noise."""
    return next(part for name in DENOISERS if (part := getattr(pipeline, name, None)) is not None)


def encoder_digest(folder: Path, *, hashes: dict[str, str], recipe: RecipeSpec) -> str:
    """SHA-256 over what decides a prompt's embedding: encoders, tokenizers, their settings and precision."""
    whole = hashlib.sha256(recipe.dtype.encode())
    for path in sorted(folder.glob("t*/*")):
        part = path.parent.name
        if part.startswith(("text_encoder", "tokenizer")) and path.is_file():
            name = path.relative_to(folder).as_posix()
            content = hashes.get(name) or hashlib.sha256(path.read_bytes()).hexdigest()
            whole.update(json.dumps([name, content]).encode())
    return whole.hexdigest()


def _check(recipe: RecipeSpec) -> None:
    if recipe.dtype not in DTYPES:
        raise RecipeError(f"unknown dtype {recipe.dtype!r}; there are {', '.join(sorted(DTYPES))}")
    if recipe.attention not in _ATTENTION | {"sdpa"}:
        raise RecipeError(
            f"unknown attention {recipe.attention!r}; there are {', '.join(sorted(_ATTENTION))}"
        )
    if recipe.compile not in ("none", "regional"):
        raise RecipeError(f"unknown compile {recipe.compile!r}; there are none, regional")
    lossy = [name for name in _LOSSY if recipe.options.get(name)]
    if lossy and not recipe.variant:
        raise RecipeError(f"{recipe.location}: {lossy[0]} changes the model; it needs a variant's name")


def _check_local(recipe: RecipeSpec) -> None:
    folder = Path(recipe.location)
    check_folder(folder, name=recipe.location)
    if files_digest(folder) != recipe.revision:
        raise RecipeError(
            f"{recipe.location}: its files are not those of the recipe; plan the evaluation again"
        )


def _fetch(recipe: RecipeSpec) -> Path:
    """Fetch the files that the pipeline needs, no others; return their folder in the hub's cache."""
    folder = diffusers.DiffusionPipeline.download(
        recipe.location,
        revision=recipe.revision,
        variant=recipe.options.get("weights_variant") or None,
        use_safetensors=True,
        trust_remote_code=False,
    )
    check_folder(Path(folder), name=recipe.location)
    return Path(folder)


def _adjust(pipeline: Any, recipe: RecipeSpec) -> None:
    """Make the loaded pipeline that of the recipe."""
    if recipe.pipeline_class and type(pipeline).__name__ != recipe.pipeline_class:
        raise ValueError(f"it is a {type(pipeline).__name__}, where the recipe says {recipe.pipeline_class}")
    if recipe.scheduler and type(pipeline.scheduler).__name__ != recipe.scheduler:
        pipeline.scheduler = getattr(diffusers, recipe.scheduler).from_config(pipeline.scheduler.config)
    part = denoiser(pipeline)
    if recipe.attention != "sdpa":
        part.set_attention_backend(recipe.attention)
    if storage := recipe.options.get("storage_dtype"):
        part.enable_layerwise_casting(storage_dtype=_STORAGE[storage], compute_dtype=DTYPES[recipe.dtype])
    if threshold := recipe.options.get("first_block_cache"):
        part.enable_cache(diffusers.FirstBlockCacheConfig(threshold=threshold))
    if recipe.compile == "regional":
        part.compile_repeated_blocks(fullgraph=True)
    pipeline.set_progress_bar_config(disable=True)

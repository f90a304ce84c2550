"""Reads how a local diffusers pipeline wants to be run, from its own files and without loading it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from evaluation.runners.base import RecipeError, RecipeSpec

INDEX_FILE: Final = "model_index.json"
# Optional, beside the index: what the publisher recommends (steps, guidance, width, height, batch_size).
RECIPE_FILE: Final = "recipe.json"
PICKLED: Final = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl"})
_DEFAULTS: Final[dict[str, Any]] = {"steps": 20, "guidance": 4.0, "batch_size": 8}
_RECOMMENDABLE: Final = frozenset({"steps", "guidance", "width", "height", "batch_size"})


def describe_pipeline(folder: Path, *, location: str) -> RecipeSpec:
    """Return the recipe of a local pipeline. ``location`` is what is stored in place of the full path.

    Raises:
        RecipeError: for a folder that is no pipeline, or that would need pickles or code of its own.
    """
    check_folder(folder, name=location)
    index = _read_json(folder / INDEX_FILE)
    scheduler = index.get("scheduler") or ["", ""]
    fields = _DEFAULTS | _native_size(folder) | _recommended(folder)
    if "width" not in fields:
        raise RecipeError(
            f"{location}: its native size is not stated; put width and height into {RECIPE_FILE}"
        )
    return RecipeSpec(
        runner="diffusers",
        location=location,
        revision=files_digest(folder),
        pipeline_class=index["_class_name"],
        scheduler=str(scheduler[1]),
        **fields,
    )


def check_folder(folder: Path, *, name: str) -> None:
    """Refuse what is no diffusers pipeline, pickled weights, and pipelines that bring code along.

    Raises:
        RecipeError: one line that names the reason.
    """
    if not (folder / INDEX_FILE).is_file():
        raise RecipeError(f"{name}: no diffusers pipeline there ({INDEX_FILE} is missing)")
    files = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in files:
        if path.suffix in PICKLED:
            raise RecipeError(f"{name}: {path} is pickled; weights are loaded as safetensors only")
        if path.suffix == ".py":
            raise RecipeError(f"{name}: {path} is code of the model's own, which is never run")
    if not any(path.suffix == ".safetensors" for path in files):
        raise RecipeError(f"{name}: no safetensors in it")
    if not isinstance(_read_json(folder / INDEX_FILE).get("_class_name"), str):
        raise RecipeError(f"{name}: the pipeline's class is code of the model's own, which is never run")


def _native_size(folder: Path) -> dict[str, int]:
    """Pixels that the denoiser was trained at: its sample size times the decoder's scale."""
    for part in ("unet", "transformer"):
        config, vae = folder / part / "config.json", folder / "vae" / "config.json"
        if config.is_file() and vae.is_file():
            sample_size = _read_json(config).get("sample_size")
            levels = len(_read_json(vae).get("block_out_channels", []))
            if isinstance(sample_size, int) and levels:
                side = sample_size * 2 ** (levels - 1)
                return {"width": side, "height": side}
    return {}


def _recommended(folder: Path) -> dict[str, Any]:
    path = folder / RECIPE_FILE
    stated = _read_json(path) if path.is_file() else {}
    unknown = set(stated) - _RECOMMENDABLE
    if unknown:
        raise RecipeError(f"{path}: unknown field {min(unknown)!r}")
    return stated


def files_digest(folder: Path) -> str:
    """SHA-256 over names and contents of the files that decide the pictures: the index and the parts."""
    whole = hashlib.sha256()
    for path in [folder / INDEX_FILE, *sorted(folder.glob("*/**/*"))]:
        if path.is_file() and path.suffix in (".json", ".safetensors", ".txt"):
            whole.update(f"{path.relative_to(folder).as_posix()}\n".encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise RecipeError(f"{path}: not JSON: {error}") from error
    if not isinstance(content, dict):
        raise RecipeError(f"{path}: not a JSON object")
    return content

"""Shapes of pipelines: classes and configurations of their parts, without weights."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from evaluation.runners.base import RecipeError
from evaluation.runners.describe import INDEX_FILE


@dataclass(frozen=True)
class Part:
    """A class of diffusers or transformers, and what its configuration sets besides the defaults."""

    class_name: str
    config: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Shape:
    """A pipeline's parts by name. ``is_guided``: guidance above 1 makes two forward passes of a step."""

    parts: dict[str, Part]
    is_guided: bool = True
    tflop_per_forward: float | None = None


def known_shape(slug: str, *, path: Path) -> Shape | None:
    """Return the shape that a file of shapes states for an artifact, or None."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    stated = content["models"].get(slug)
    if stated is None:
        return None
    parts = {name: Part(part["class"], part.get("config", {})) for name, part in stated["parts"].items()}
    return Shape(parts, stated["guided"], stated.get("tflop_per_forward"))


def shape_of_folder(folder: Path) -> Shape:
    """Return the shape of a pipeline's folder, from its configuration files alone.

    Raises:
        RecipeError: where they cannot be read.
    """
    try:
        index = json.loads((folder / INDEX_FILE).read_text(encoding="utf-8"))
        configs = {path.parent.name: path for path in sorted(folder.glob("*/config.json"))}
        parts = {
            name: Part(index[name][1], json.loads(path.read_text(encoding="utf-8")))
            for name, path in configs.items()
        }
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise RecipeError(f"{folder.name}: its configuration cannot be read: {error}") from error
    return Shape(parts)

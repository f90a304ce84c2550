"""Procedural scenes in one import: their records, captions, drawings and random samples."""

from __future__ import annotations

from typing import Final

from evaluation.bundled.captions import VARIANTS, caption
from evaluation.bundled.drawing import Box, Drawing, draw
from evaluation.bundled.sampling import FAMILIES, sample_scene, sample_word
from evaluation.bundled.specs import (
    Figure,
    ObjectGroup,
    Relation,
    Scene,
    SceneError,
    Text,
)

GRAMMAR_VERSION: Final = "3"
"""Changes whenever the same seed would give another scene, caption or picture."""

__all__ = [
    "FAMILIES",
    "GRAMMAR_VERSION",
    "VARIANTS",
    "Box",
    "Drawing",
    "Figure",
    "ObjectGroup",
    "Relation",
    "Scene",
    "SceneError",
    "Text",
    "caption",
    "draw",
    "sample_scene",
    "sample_word",
]

"""Boxes of what a prompt names, by an open-vocabulary detector, with the colour inside each box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

import numpy as np
import torch
from django.conf import settings
from PIL import Image
from transformers import AutoModelForZeroShotObjectDetection, AutoProcessor

from evaluation.readers.pictures import colour_indices, palette_name, to_lab
from evaluation.readers.pinned import PinnedModel
from evaluation.suites.spec import PromptSpec

LEAST_SCORE: Final = 0.3
_MOST_OVERLAP: Final = 0.7
# The middle of a box: its rim shows what stands behind.
_CORE: Final = 0.25


@dataclass(frozen=True)
class Found:
    """A detection: what it is taken for, how sure the detector is, and its box in pixels."""

    noun: str
    score: float
    box: tuple[float, float, float, float]


class Detector(Protocol):
    """Whoever finds named things in a picture."""

    def find(self, image: Image.Image, nouns: Sequence[str]) -> list[Found]:
        """Return every detection of one of the nouns above the detector's threshold."""
        ...


def read_boxes(image: Image.Image, spec: PromptSpec, /) -> dict[str, Any]:
    """State every box of the scene's nouns with score and colour; no boxes are no answer without a detector."""
    if not settings.DETECTOR_MODEL or spec.world is None:
        return {"boxes": None, "detector": settings.DETECTOR_MODEL}
    nouns = list(dict.fromkeys([*(thing.noun for thing in spec.world.things), *spec.world.absent]))
    rgb = image.convert("RGB")
    found = load_detector(settings.DETECTOR_MODEL).find(rgb, nouns) if nouns else []
    boxes = [_describe(one, rgb) for one in apart(found)]
    return {"boxes": boxes, "detector": settings.DETECTOR_MODEL}


@lru_cache(maxsize=1)
def load_detector(named: str) -> Detector:
    """Return the detector of this name, loaded once per process."""
    return TransformersDetector.load(PinnedModel.parse(named))


@dataclass(frozen=True)
class TransformersDetector:
    """Any model of transformers for zero-shot detection (OWLv2, Grounding DINO and their like)."""

    model: Any
    processor: Any

    @classmethod
    def load(cls, pinned: PinnedModel) -> TransformersDetector:
        """Load onto the GPU where there is one: weights as safetensors only, no code of the model's own."""
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = AutoModelForZeroShotObjectDetection.from_pretrained(
            pinned.location, use_safetensors=True, **pinned.arguments()
        )
        processor = AutoProcessor.from_pretrained(pinned.location, **pinned.arguments())
        return cls(model.to(device).eval(), processor)

    @torch.inference_mode()
    def find(self, image: Image.Image, nouns: Sequence[str]) -> list[Found]:
        """Return the detections above the threshold; a label that names none of the nouns is left out."""
        labels = [f"a {noun}" for noun in nouns]
        inputs = self.processor(text=[labels], images=image, return_tensors="pt").to(self.model.device)
        result = self.processor.post_process_grounded_object_detection(
            self.model(**inputs),
            threshold=LEAST_SCORE,
            target_sizes=[(image.height, image.width)],
            text_labels=[labels],
        )[0]
        by_label = dict(zip(labels, nouns, strict=True))
        rows = zip(result["text_labels"], result["scores"].tolist(), result["boxes"].tolist(), strict=True)
        return [Found(by_label[label], score, tuple(box)) for label, score, box in rows if label in by_label]


def apart(found: Sequence[Found]) -> list[Found]:
    """Keep the surest of detections that overlap by more than 0.7 (intersection over union): it is one thing.

    >>> box = (0.0, 0.0, 10.0, 10.0)
    >>> [one.noun for one in apart([Found("cup", 0.5, box), Found("mug", 0.9, box)])]
    ['mug']
    """
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: -one.score):
        if all(_overlap(one.box, other.box) <= _MOST_OVERLAP for other in kept):
            kept.append(one)
    return kept


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, width) * max(0.0, height)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return shared / (sum(areas) - shared) if shared else 0.0


def _describe(one: Found, image: Image.Image) -> dict[str, Any]:
    x0, y0, x1, y1 = one.box
    scale = (image.width, image.height, image.width, image.height)
    return {
        "noun": one.noun,
        "score": round(one.score, 4),
        "box": [round(min(max(v / s, 0.0), 1.0), 4) for v, s in zip(one.box, scale, strict=True)],
        "colour": _colour(image, (x0, y0, x1, y1)),
    }


def _colour(image: Image.Image, box: tuple[float, float, float, float]) -> str:
    """Return the palette's name for most of the pixels in the middle of a box."""
    x0, y0, x1, y1 = box
    dx, dy = (x1 - x0) * _CORE, (y1 - y0) * _CORE
    left, top = max(0, int(x0 + dx)), max(0, int(y0 + dy))
    core = image.crop((left, top, max(left + 1, int(x1 - dx)), max(top + 1, int(y1 - dy))))
    lab = to_lab(np.asarray(core, dtype=np.uint8)).reshape(-1, 3)
    return palette_name(int(np.bincount(colour_indices(lab)).argmax()))

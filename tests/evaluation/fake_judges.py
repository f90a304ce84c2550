"""Judges whose answers are known: one who sees drawings as they are, and ones who answer badly."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from evaluation.bundled.vocabulary import NUMBERS
from evaluation.readers.shapes import read_shapes

_SURE = 0.95


@dataclass(frozen=True)
class ConstantJudge:
    """Says the same to everything."""

    p: float

    def p_yes(self, image: Image.Image, asks: Sequence[str]) -> list[float]:
        return [self.p for _ in asks]


class SeeingJudge:
    """Answers questions about drawings from their geometry."""

    def p_yes(self, image: Image.Image, asks: Sequence[str]) -> list[float]:
        seen = read_shapes(image)
        answers = [_is_so(ask, seen) for ask in asks]
        return [_SURE if answer else 1 - _SURE for answer in answers]


def _is_so(ask: str, seen: dict[str, Any]) -> bool:
    boxes: dict[str, list[dict[str, Any]]] = {}
    for shape in seen["shapes"]:
        boxes.setdefault(shape["shape"], []).append(shape)
    for pattern, is_so in _FORMS.items():
        if found := re.fullmatch(pattern, ask):
            return is_so(found, boxes, seen["background"])
    raise ValueError(ask)


def _width(shape: dict[str, Any]) -> float:
    return float(shape["box"][2] - shape["box"][0])


def _stands(one: dict[str, Any], where: str, other: dict[str, Any]) -> bool:
    axis = 0 if where in ("left of", "right of") else 1
    shift = sum(other["box"][axis::2]) - sum(one["box"][axis::2])
    return bool(shift > 0) == (where in ("left of", "above"))


Boxes = dict[str, list[dict[str, Any]]]
_FORMS: dict[str, Callable[[re.Match[str], Boxes, str], bool]] = {
    r"Is every (\w+) (\w+)\?": lambda m, boxes, _: {s["colour"] for s in boxes.get(m[1], [])} == {m[2]},
    r"(?:Is|Are) there exactly (\w+) (\w+?)s?\?": lambda m, boxes, _: (
        len(boxes.get(m[2], [])) == NUMBERS.index(m[1])
    ),
    r"Is the background (\w+)\?": lambda m, _, background: background == m[1],
    r"Is the picture free of (\w+?)s\?": lambda m, boxes, _: m[1] not in boxes,
    r"Is the (\w+) (small|large)\?": lambda m, boxes, _: (
        any(_width(shape) < 0.4 for shape in boxes.get(m[1], [])) == (m[2] == "small")
    ),
    r"Is the (\w+) (left of|right of|above|below) the (\w+)\?": lambda m, boxes, _: (
        m[1] in boxes and m[3] in boxes and _stands(boxes[m[1]][0], m[2], boxes[m[3]][0])
    ),
    r"Is there an? (\w+)(?: in the picture)?\?": lambda m, boxes, _: m[1] in boxes,
}

"""Draw a scene with PIL: pure, deterministic for a given generator, crisp from 48 pixels upwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from evaluation.bundled.draw_figures import draw_hand, draw_person
from evaluation.bundled.draw_shapes import draw_shape
from evaluation.bundled.draw_texts import draw_text
from evaluation.bundled.layout import HALVES, WHOLE, Region, arrange
from evaluation.bundled.specs import ObjectGroup, Scene
from evaluation.bundled.vocabulary import COLOURS, PREDICATES

_SUPERSAMPLING: Final = 4
_SCALES: Final = {"small": (0.5, 0.58), "large": (1.04, 1.12), None: (0.72, 0.92)}


@dataclass(frozen=True)
class Box:
    """One drawn thing and its bounding box in pixels."""

    label: str
    colour: str
    x0: float
    y0: float
    x1: float
    y1: float
    text: str = ""


@dataclass(frozen=True)
class Drawing:
    """The picture, and where each thing in it stands."""

    image: Image.Image
    boxes: tuple[Box, ...]


class _Painter:
    """A canvas in unit coordinates that remembers what was drawn."""

    def __init__(self, scene: Scene, *, rng: np.random.Generator, size: int) -> None:
        self.scene, self.rng, self.size = scene, rng, size
        self.side = size * _SUPERSAMPLING
        self.image = Image.new("RGB", (self.side, self.side), COLOURS[scene.background])
        self.pen = ImageDraw.Draw(self.image)
        self.boxes: list[Box] = []

    def remember(self, label: str, colour: str, *, region: Region, text: str = "") -> None:
        x0, y0, x1, y1 = (round(value * self.size, 2) for value in region)
        self.boxes.append(Box(label, colour, x0, y0, x1, y1, text))

    def paint(self) -> Drawing:
        self._objects()
        self._texts()
        self._figures()
        small = self.image.resize((self.size, self.size), Image.Resampling.BOX)
        return Drawing(image=small, boxes=tuple(self.boxes))

    def _objects(self) -> None:
        groups = self.scene.objects
        if len(groups) == 1:
            self._group(groups[0], region=WHOLE)
        elif len(groups) == 2:
            relation = self.scene.relation
            # Without a stated relation any side may be the first group's.
            sides = HALVES[relation.predicate if relation else PREDICATES[int(self.rng.integers(4))]]
            first = relation.subject if relation else 0
            self._group(groups[first], region=sides[0])
            self._group(groups[1 - first], region=sides[1])
        else:
            for index, group in enumerate(groups):
                strip = (0.0, index / len(groups), 1.0, (index + 1) / len(groups))
                self._group(group, region=strip)

    def _group(self, group: ObjectGroup, *, region: Region) -> None:
        centres, radius = arrange(group.count, region=region, rng=self.rng)
        radius *= self.rng.uniform(*_SCALES[group.size])
        for x, y in centres:
            draw_shape(
                self.pen,
                group.shape,
                centre=(x, y),
                radius=radius,
                fill=COLOURS[group.colour],
            )
            self.remember(
                group.shape,
                group.colour,
                region=(x - radius, y - radius, x + radius, y + radius),
            )

    def _texts(self) -> None:
        lines = len(self.scene.texts)
        for index, text in enumerate(self.scene.texts):
            region = draw_text(self.image, text, row=(index, lines), rng=self.rng)
            self.remember("text", text.colour, region=region, text=text.text)

    def _figures(self) -> None:
        total = sum(figure.count for figure in self.scene.figures)
        slot = 0
        dark = self.scene.background in ("black", "blue", "green")
        for figure in self.scene.figures:
            for _ in range(figure.count):
                draw = draw_hand if figure.kind == "hand" else draw_person
                strip = (slot / total, 0.0, (slot + 1) / total, 1.0)
                region = draw(self.pen, figure, strip=strip, rng=self.rng, dark=dark)
                self.remember(figure.kind, "", region=region)
                slot += 1


def draw(scene: Scene, *, rng: np.random.Generator, size: int = 64) -> Drawing:
    """Paint the scene as a square RGB picture of `size` pixels.

    The same scene and generator state give the same picture; positions scale with the size.
    """
    return _Painter(scene, rng=rng, size=size).paint()

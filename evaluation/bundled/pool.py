"""Captioned pictures rendered ahead of training, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluation.bundled.scenes import VARIANTS, Scene, caption, draw, sample_scene


@dataclass(frozen=True)
class Pool:
    """Rendered scenes: pictures of shape (n, size, size, 3) as bytes, and the scenes they show."""

    images: npt.NDArray[np.uint8]
    scenes: tuple[Scene, ...]

    def captions(self, *, variant: int) -> list[str]:
        """One caption per scene."""
        return [caption(scene, variant=variant) for scene in self.scenes]

    def all_captions(self) -> list[list[str]]:
        """Every paraphrase: one list per variant."""
        return [self.captions(variant=variant) for variant in range(VARIANTS)]


def render_pool(count: int, *, seed: int, size: int = 64, focus: str | None = None) -> Pool:
    """Sample and draw `count` scenes; where there is a `focus`, every other one is of that family."""
    rng = np.random.default_rng(seed)
    images = np.empty((count, size, size, 3), dtype=np.uint8)
    scenes = []
    for index in range(count):
        scene = sample_scene(rng, family=focus if index % 2 else None)
        images[index] = np.asarray(draw(scene, rng=rng, size=size).image)
        scenes.append(scene)
    return Pool(images=images, scenes=tuple(scenes))

"""Drawn hands and people under a network that learnt from pairs of whole and spoilt ones.

It looks at the bodies that ``figures.py`` finds, one by one, and gives probabilities; what is wanted of a body is
not known here. It has seen drawings alone, and says nothing about photographs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from django.conf import settings
from PIL import Image
from safetensors.torch import load_file

from evaluation.bundled.body_net import CROP_SIDE, BodyNet
from evaluation.readers.figures import find_figures
from evaluation.readers.pictures import Ground, Mask
from evaluation.suites.spec import PromptSpec

WEIGHTS: Final = "tiny-bodies/model.safetensors"
_MARGIN: Final = 0.08
_FARTHEST: Final = 100.0
_PARTS: Final = {"hand": ("fingers",), "person": ("arms", "legs")}


def read_wholeness(image: Image.Image, _spec: PromptSpec | None = None, /) -> dict[str, Any]:
    """State for every body its kind and box, how likely each number of its parts is, and how likely a flaw."""
    ground, found = find_figures(image)
    if not found:
        return {"bodies": []}
    crops = np.stack([crop_body(ground, figure.mask) for figure in found])
    with torch.inference_mode():
        opinions = _network()(torch.from_numpy(crops))
    flaws = torch.sigmoid(opinions.flaw).tolist()
    counts = {part: odds.exp().tolist() for part, odds in opinions.counts.items()}
    return {
        "bodies": [
            {
                "kind": figure.stated["kind"],
                "box": figure.stated["box"],
                "flaw": round(flaws[place], 4),
                **{
                    part: [round(chance, 4) for chance in counts[part][place]]
                    for part in _PARTS[figure.stated["kind"]]
                },
            }
            for place, figure in enumerate(found)
        ]
    }


def crop_body(ground: Ground, mask: Mask) -> npt.NDArray[np.float32]:
    """Return one body alone in a square, (2, 48, 48): its distance from the background, and its lightness."""
    x, y, width, height = cv2.boundingRect(mask)
    side = max(width, height) * (1 + 2 * _MARGIN)
    scale = CROP_SIDE / side
    to_crop = np.array(
        [
            [scale, 0, CROP_SIDE / 2 - scale * (x + width / 2)],
            [0, scale, CROP_SIDE / 2 - scale * (y + height / 2)],
        ]
    )
    own = cv2.dilate(mask, np.ones((3, 3), np.uint8)).astype(np.float32)
    layers = np.stack([ground.distance * own / _FARTHEST, ground.lab[..., 0] * own / _FARTHEST], axis=-1)
    # Blurred by as much as it shrinks, or thin parts would break up.
    blurred = cv2.GaussianBlur(layers, (0, 0), max(0.01, 0.4 / scale)) if scale < 1 else layers
    crop = cv2.warpAffine(blurred, to_crop, (CROP_SIDE, CROP_SIDE), flags=cv2.INTER_LINEAR)
    return np.ascontiguousarray(crop.transpose(2, 0, 1), dtype=np.float32)


@lru_cache(maxsize=1)
def _network() -> BodyNet:
    network = BodyNet()
    weights = load_file(settings.MODELS_DIR / WEIGHTS)
    network.load_state_dict({name: value.float() for name, value in weights.items()})
    return network.eval()

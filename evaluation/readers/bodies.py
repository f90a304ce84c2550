"""People and hands in photographs: where they are and how many, by the models that MediaPipe 0.10.21 carries.

Only what is there is stated. The models' own confidence says nothing about whether a hand is whole: they
are as sure of a hand with a finger erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from math import atan2, degrees, pi
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

from evaluation.readers.ssd import Detection, Floats, anchor_centres, decode, overlap
from evaluation.suites.spec import PromptSpec

LEAST_PALM, LEAST_HAND, LEAST_PERSON = 0.4, 0.5, 0.5
_PALM_SIDE, _HAND_SIDE, _PERSON_SIDE = 192, 224, 224
_PALM_ANCHORS: Final = anchor_centres(_PALM_SIDE, (8, 16, 16, 16))
_PERSON_ANCHORS: Final = anchor_centres(_PERSON_SIDE, (8, 16, 32, 32, 32))
# A hand's crop seen from its palm: so much larger, and moved along the hand by half the palm.
_CROP_SCALE, _CROP_SHIFT = 2.6, 0.5
_WRIST, _MIDDLE_KNUCKLE = 0, 2
_FINGERS: Final = ((1, 2, 4), (5, 6, 8), (9, 10, 12), (13, 14, 16), (17, 18, 20))
_LEAST_STRAIGHT: Final = 150.0


class MissingModelsError(Exception):
    """The models are not installed; the message says how to get them."""


@dataclass(frozen=True)
class _Square:
    """A picture in the middle of a black square, and where it stands there."""

    pixels: Floats
    left: int
    top: int
    size: tuple[int, int]

    def fractions(self, points: Floats) -> list[list[float]]:
        """Return points (n, 2) in fractions of the square as fractions of the picture, inside it."""
        inside = (points * len(self.pixels) - [self.left, self.top]) / self.size
        return [[round(float(value), 4) for value in point] for point in np.clip(inside, 0.0, 1.0)]


def read_bodies(image: Image.Image, _spec: PromptSpec | None = None, /) -> dict[str, Any]:
    """State every person and hand with its box, every hand with its 21 landmarks and its straight fingers.

    Raises:
        MissingModelsError: where the models are not installed.
    """
    square = _square(image)
    people = _detect("pose_detection/pose_detection", square.pixels, _PERSON_ANCHORS, LEAST_PERSON)
    palms = _detect("palm_detection/palm_detection_full", square.pixels, _PALM_ANCHORS, LEAST_PALM)
    hands = [hand for palm in palms if (hand := _hand(square, palm)) is not None]
    return {
        "people": [{"score": round(one.score, 4), "box": _box(square, one)} for one in people],
        "hands": [hand for place, hand in enumerate(hands) if not _is_repeated(hand, hands[:place])],
    }


def straight_fingers(points: Floats) -> int:
    """Count the fingers whose middle joint is nearly straight (at least 150 degrees), of 21 landmarks (21, 2)."""
    return sum(_angle(*(points[place] for place in finger)) >= _LEAST_STRAIGHT for finger in _FINGERS)


def _angle(a: Floats, joint: Floats, b: Floats) -> float:
    first, second = a - joint, b - joint
    turn = atan2(float(second[1]), float(second[0])) - atan2(float(first[1]), float(first[0]))
    return degrees(abs((turn + pi) % (2 * pi) - pi))


def _square(image: Image.Image) -> _Square:
    rgb = image.convert("RGB")
    side = max(rgb.size)
    left, top = (side - rgb.width) // 2, (side - rgb.height) // 2
    canvas = Image.new("RGB", (side, side))
    canvas.paste(rgb, (left, top))
    return _Square(np.asarray(canvas, dtype=np.float32) / 255, left, top, rgb.size)


def _detect(model: str, pixels: Floats, anchors: Floats, least_score: float) -> list[Detection]:
    side = _PALM_SIDE if anchors is _PALM_ANCHORS else _PERSON_SIDE
    small = np.asarray(cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA), dtype=np.float32)
    # Palms are looked for in values from 0 to 1, people from -1 to 1.
    raw, logits = _run(model, small if anchors is _PALM_ANCHORS else small * 2 - 1)[:2]
    return decode(raw[0], logits[0], anchors=anchors, side=side, least_score=least_score)


def _hand(square: _Square, palm: Detection) -> dict[str, Any] | None:
    """Look at the palm's surroundings upright; None where no hand is there after all."""
    inverse = _upright(palm, side=len(square.pixels))
    crop = cv2.warpAffine(
        square.pixels, inverse, (_HAND_SIDE, _HAND_SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    landmarks, presence, handedness = _run(
        "hand_landmark/hand_landmark_full", np.asarray(crop, dtype=np.float32)
    )[:3]
    if float(presence.item()) < LEAST_HAND:
        return None
    flat = landmarks.reshape(21, 3)[:, :2]
    points = (flat @ inverse[:, :2].T + inverse[:, 2]) / len(square.pixels)
    places = square.fractions(points.astype(np.float32))
    xs, ys = zip(*places, strict=True)
    return {
        "presence": round(float(presence.item()), 4),
        "is_right": bool(handedness.item() > 0.5),
        "box": [min(xs), min(ys), max(xs), max(ys)],
        "marks": places,
        "straight_fingers": straight_fingers(flat),
    }


def _upright(palm: Detection, *, side: int) -> Floats:
    """Return the 2 by 3 map from the crop's pixels to the square's: the hand points upwards in the crop."""
    x0, y0, x1, y1 = (value * side for value in palm.box)
    (wx, wy), (mx, my) = palm.points[_WRIST], palm.points[_MIDDLE_KNUCKLE]
    turn = pi / 2 - atan2(-(my - wy), mx - wx)
    cosine, sine = float(np.cos(turn)), float(np.sin(turn))
    size = max(x1 - x0, y1 - y0)
    x = (x0 + x1) / 2 + sine * _CROP_SHIFT * size
    y = (y0 + y1) / 2 - cosine * _CROP_SHIFT * size
    scale = _CROP_SCALE * size / _HAND_SIDE
    rotation = scale * np.array([[cosine, -sine], [sine, cosine]])
    offset = np.array([x, y]) - rotation @ np.full(2, _HAND_SIDE / 2)
    return np.column_stack([rotation, offset]).astype(np.float32)


def _is_repeated(hand: dict[str, Any], before: list[dict[str, Any]]) -> bool:
    return any(overlap(hand["box"], other["box"]) > 0.5 for other in before)


def _box(square: _Square, one: Detection) -> list[float]:
    corners = square.fractions(np.array(one.box, dtype=np.float32).reshape(2, 2))
    return [*corners[0], *corners[1]]


def _run(model: str, pixels: Floats) -> list[Floats]:
    """Run a model on one picture; return its outputs by name."""
    interpreter = _interpreter(model)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], pixels[None].astype(np.float32))
    interpreter.invoke()
    outputs = sorted(interpreter.get_output_details(), key=lambda output: str(output["name"]))
    return [interpreter.get_tensor(output["index"]) for output in outputs]


@lru_cache(maxsize=4)
def _interpreter(model: str) -> Interpreter:
    interpreter = Interpreter(str(_modules() / f"{model}.tflite"), num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def _modules() -> Path:
    """Return the folder of MediaPipe's models; the package is looked up, never imported."""
    spec = find_spec("mediapipe")
    for location in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(location) / "modules"
        if (folder / "hand_landmark" / "hand_landmark_full.tflite").is_file():
            return folder
    raise MissingModelsError("no hand and pose models: pip install --no-deps -r requirements/bodies.txt")

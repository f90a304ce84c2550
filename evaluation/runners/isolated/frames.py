"""What the worker and the process with the model say to each other: a JSON value and bytes, nothing pickled.

The worker trusts nothing that comes back. Lengths are bounded before memory is taken, a picture's bytes must
be as many as its size says, and values have the types they should have.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import IO, Any, Final, TypeVar

from PIL import Image

from evaluation.runners.base import Generated, Outcome, PromptSeed, RecipeSpec
from evaluation.suites.spec import PromptSpec

T = TypeVar("T")
_LENGTHS: Final = struct.Struct(">II")
MAX_JSON_BYTES: Final = 16 * 2**20
# A picture of 8,192 x 8,192 pixels with four channels.
MAX_BLOB_BYTES: Final = 256 * 2**20
_CHANNELS: Final = {"L": 1, "RGB": 3, "RGBA": 4}
_MAX_SIDE: Final = 8_192
_MAX_WORDS: Final = 20_000
_MAX_NUMBER: Final = 1e9
_MAX_FLAGS: Final = 30


class FrameError(Exception):
    """The other side said something that it must not say."""


def write_frame(stream: IO[bytes], content: dict[str, Any], blob: bytes = b"") -> None:
    """Send one message.

    Raises:
        OSError: nobody listens any more.
    """
    text = json.dumps(content).encode()
    stream.write(_LENGTHS.pack(len(text), len(blob)))
    stream.write(text)
    stream.write(blob)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Return the next message, or None where the other side has ended.

    Raises:
        FrameError: it is too long, cut off, or no JSON object.
    """
    head = stream.read(_LENGTHS.size)
    if not head:
        return None
    n_text, n_blob = _LENGTHS.unpack(_whole(head, _LENGTHS.size))
    if n_text > MAX_JSON_BYTES or n_blob > MAX_BLOB_BYTES:
        raise FrameError(f"a message of {n_text + n_blob:,} bytes is too long")
    text, blob = _whole(stream.read(n_text), n_text), _whole(stream.read(n_blob), n_blob)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FrameError("a message is no JSON") from error
    if not isinstance(content, dict):
        raise FrameError("a message is no JSON object")
    return content, blob


def recipe_to_json(recipe: RecipeSpec) -> dict[str, Any]:
    """Return a recipe as JSON."""
    return asdict(recipe)


def prompt_to_json(prompt: PromptSeed) -> dict[str, Any]:
    """Return what a model may know of a prompt: not what will be asked about its picture."""
    return {"sample_id": prompt.sample_id, "text": prompt.text, "seed": prompt.seed}


def prompt_from_json(raw: dict[str, Any], *, spec: PromptSpec) -> PromptSeed:
    """Return a prompt as a runner takes it; ``spec`` is an empty one."""
    return PromptSeed(raw["sample_id"], raw["text"], raw["seed"], spec)


def generated_to_frame(result: Generated) -> tuple[dict[str, Any], bytes]:
    """Return a result as JSON and the pixels of its picture."""
    image = result.image
    if image is not None and image.mode not in _CHANNELS:
        image = image.convert("RGB")
    content = {
        "sample_id": result.sample_id,
        "outcome": str(result.outcome),
        "reason": result.reason,
        "text_sent": result.text_sent,
        "was_truncated": result.was_truncated,
        "timings_s": result.timings_s,
        "peak_memory_mb": result.peak_memory_mb,
        "flags": list(result.flags),
        "cost_usd": None if result.cost_usd is None else str(result.cost_usd),
        "details": result.details,
        "image": None if image is None else [image.mode, *image.size],
    }
    return content, b"" if image is None else image.tobytes()


def generated_from_frame(content: dict[str, Any], blob: bytes) -> Generated:
    """Return a result that a model's process sent.

    Raises:
        FrameError: a value is missing or is not what it should be.
    """
    try:
        return Generated(
            sample_id=int(content["sample_id"]),
            image=_image(content["image"], blob),
            outcome=Outcome(content["outcome"]),
            reason=words(content["reason"]),
            text_sent=words(content["text_sent"]),
            was_truncated=bool(content["was_truncated"]),
            timings_s={words(name): _number(value) for name, value in content["timings_s"].items()},
            peak_memory_mb=_if_given(content["peak_memory_mb"], lambda value: int(_number(value))),
            flags=tuple(words(flag, most=100) for flag in content["flags"][:_MAX_FLAGS]),
            cost_usd=_if_given(content["cost_usd"], _cost),
            details=_details(content["details"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise FrameError(f"a result does not hold: {error!r}"[:_MAX_WORDS]) from error


def _if_given(value: Any, read: Callable[[Any], T]) -> T | None:
    return None if value is None else read(value)


def words(text: object, *, most: int = _MAX_WORDS) -> str:
    r"""Return a text that a database can hold, by default not longer than a prompt may be.

    >>> words("a\0b\ud800c")
    'ab?c'
    """
    return str(text)[:most].replace("\0", "").encode("utf-8", "replace").decode()


def _number(value: float) -> float:
    if not 0 <= float(value) <= _MAX_NUMBER:
        raise ValueError(f"{value} is out of range")
    return float(value)


def _cost(value: str) -> Decimal:
    _number(float(value))
    return Decimal(str(value)[:40])


def _details(value: dict[str, Any]) -> dict[str, Any]:
    """Return details as they came; a database takes neither NaN, nor the character 0, nor half a surrogate pair."""
    text = json.dumps(dict(value), allow_nan=False, ensure_ascii=False)
    if len(text.encode()) > _MAX_WORDS or "\\u0000" in text:
        raise ValueError("details that cannot be stored")
    return dict(value)


def _image(described: list[Any] | None, blob: bytes) -> Image.Image | None:
    if described is None:
        return None
    mode, width, height = described
    if not all(isinstance(side, int) and 0 < side <= _MAX_SIDE for side in (width, height)):
        raise ValueError(f"a picture of {width} x {height}")
    if len(blob) != _CHANNELS[mode] * width * height:
        raise ValueError(f"{len(blob)} bytes are no picture of {width} x {height} in {mode}")
    return Image.frombytes(mode, (width, height), blob)


def _whole(found: bytes, length: int) -> bytes:
    if len(found) != length:
        raise FrameError("a message is cut off")
    return found

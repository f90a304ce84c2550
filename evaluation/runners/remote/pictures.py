"""Opens pictures that came from outside: few formats, one frame, a bounded size, and RGB in the end."""

from __future__ import annotations

import base64
import binascii
import re
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, UnidentifiedImageError

from evaluation.runners.remote.exchange import AnswerError

_FORMATS: Final = ("PNG", "JPEG", "WEBP")
_MAX_PIXELS: Final = 40_000_000
# Modes that become RGB without loss, and the one whose transparency is laid on white.
_PLAIN: Final = frozenset({"RGB", "L", "1", "P"})
_WITH_ALPHA: Final = frozenset({"RGBA", "LA", "PA"})
_DATA_URL: Final = re.compile(r"data:[a-z0-9.+/-]{0,60};base64,", re.IGNORECASE)
FLATTENED: Final = "transparency-flattened"


@dataclass(frozen=True)
class Opened:
    """A picture in RGB, and what had to be done for it."""

    image: Image.Image
    flags: tuple[str, ...] = ()


def decode_base64(text: str) -> bytes:
    """Return the bytes of Base64, bare or as a ``data:`` URL.

    >>> decode_base64("data:image/png;base64,aGk=")
    b'hi'
    """
    start = _DATA_URL.match(text)
    try:
        return base64.b64decode(text[start.end() :] if start else text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise AnswerError("the picture is not Base64") from error


def open_picture(content: bytes) -> Opened:
    """Return the picture of some bytes.

    Raises:
        AnswerError: for anything that is not one whole PNG, JPEG or WebP of a sensible size.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=_FORMATS)
            _check(image)
            image.load()
    except UnidentifiedImageError as error:
        raise AnswerError(f"the answer is no PNG, JPEG or WebP; it begins {content[:16]!r}") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise AnswerError(f"the picture has more than {_MAX_PIXELS:,} pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise AnswerError(f"the picture is broken: {str(error)[:120]}") from error
    return _as_rgb(image)


def _check(image: Image.Image) -> None:
    """Refuse by what the header says, before a pixel is unpacked."""
    if image.width * image.height > _MAX_PIXELS:
        raise AnswerError(f"the picture has more than {_MAX_PIXELS:,} pixels")
    if getattr(image, "n_frames", 1) != 1:
        raise AnswerError("the picture is animated")
    if image.mode not in _PLAIN | _WITH_ALPHA:
        raise AnswerError(f"the picture has mode {image.mode}, where RGB is expected")


def _as_rgb(image: Image.Image) -> Opened:
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode not in _WITH_ALPHA:
        return Opened(image.convert("RGB"))
    alpha = image.convert("RGBA").getchannel("A")
    if alpha.getextrema() == (255, 255):
        return Opened(image.convert("RGB"))
    ground = Image.new("RGBA", image.size, "white")
    return Opened(Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB"), (FLATTENED,))

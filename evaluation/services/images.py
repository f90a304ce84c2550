"""Pictures in content-addressed storage: a file's name is the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from evaluation.images import THUMBNAIL_SIDE, further_sides, image_name, thumbnail_name

_THUMBNAIL_QUALITY: Final = 80
SIGNATURE_SIDE: Final = 16
# The largest picture that is ever read back: 8192 × 8192. More is a bomb, not a picture.
MOST_PIXELS: Final = 2**26
# How much larger than the thumbnail a picture still is after whole pixels were averaged; the rest is resampled.
_REDUCING_GAP: Final = 1.1


class BrokenImageError(Exception):
    """A stored picture that is gone, unreadable or too large; the message says which."""


class StorageError(Exception):
    """A picture that storage would not take, for example because the disk is full."""


@dataclass(frozen=True)
class EncodedImage:
    """A picture ready to be stored: its lossless file, thumbnail, digest, size and coarse signature.

    ``further`` holds thumbnails of other sizes by the longest side that each was made for.
    """

    png: bytes
    thumbnail: bytes
    further: tuple[tuple[int, bytes], ...]
    digest: str
    size: tuple[int, int]
    signature: bytes


def encode_image(image: Image.Image) -> EncodedImage:
    """Encode a picture; touches neither storage nor database, so it may run beside the model."""
    rgb = image.convert("RGB")
    return encode_as_stored(rgb, _png(rgb))


def encode_as_stored(image: Image.Image, png: bytes) -> EncodedImage:
    """Return a picture whose lossless file exists already; that file is kept as it is."""
    rgb = image.convert("RGB")
    return EncodedImage(
        png=png,
        thumbnail=_thumbnail(rgb, THUMBNAIL_SIDE),
        further=_further(rgb),
        digest=hashlib.sha256(png).hexdigest(),
        size=rgb.size,
        signature=picture_signature(rgb),
    )


def picture_signature(image: Image.Image) -> bytes:
    """Return 16 × 16 means of red, green and blue, row by row: 768 bytes that alike pictures share nearly."""
    small = image.convert("RGB").resize((SIGNATURE_SIDE, SIGNATURE_SIDE), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.uint8).tobytes()


def store_encoded(image: EncodedImage) -> str:
    """Store a picture with its thumbnail and return its digest; the same picture is stored once.

    A file that a killed worker left half written is replaced.

    Raises:
        StorageError: where storage refuses; half a file is removed.
    """
    _save(image_name(image.digest), image.png)
    _save(thumbnail_name(image.digest), image.thumbnail)
    _save_further(image.digest, image.further)
    return image.digest


def store_further(digest: str) -> tuple[int, ...]:
    """Make and store the thumbnails of other sizes of a picture that is stored already; return their sizes.

    Raises:
        BrokenImageError: where the picture cannot be read.
        StorageError: where storage refuses.
    """
    further = _further(open_image(digest).convert("RGB"))
    _save_further(digest, further)
    return tuple(side for side, _ in further)


def store_image(image: Image.Image) -> str:
    """Encode and store a picture; return its digest."""
    return store_encoded(encode_image(image))


def open_image(digest: str) -> Image.Image:
    """Read a stored picture.

    Raises:
        BrokenImageError: where it is missing, cannot be decoded, or has more pixels than any recipe asks for.
    """
    try:
        with default_storage.open(image_name(digest)) as file:
            return decode_image(file.read())
    except FileNotFoundError as error:
        raise BrokenImageError(f"picture {digest[:12]} is not in storage") from error


def decode_image(content: bytes) -> Image.Image:
    """Decode a picture from bytes that nobody vouches for; its size is looked at before its pixels.

    Raises:
        BrokenImageError: where it is no picture, or a bomb.
    """
    try:
        image = Image.open(BytesIO(content), formats=("PNG", "WEBP", "JPEG"))
        if image.width * image.height > MOST_PIXELS:
            raise BrokenImageError(f"a picture of {image.width} × {image.height} is too large")
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BrokenImageError(f"not a picture that can be decoded: {error}") from error
    return image


def _further(image: Image.Image) -> tuple[tuple[int, bytes], ...]:
    return tuple((side, _thumbnail(image, side)) for side in further_sides(*image.size))


def _save_further(digest: str, further: tuple[tuple[int, bytes], ...]) -> None:
    for side, content in further:
        _save(thumbnail_name(digest, side=side), content)


def _png(image: Image.Image) -> bytes:
    """Return the lossless file.

    OpenCV's encoder at its defaults (one filter, runs alone) takes a third of the time that Pillow's takes at its
    lowest level, for no more bytes.
    """
    # Only workers encode, and only they have it.
    import cv2  # noqa: PLC0415

    is_encoded, png = cv2.imencode(".png", cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR))
    if not is_encoded:
        raise StorageError(f"a picture of {image.width} × {image.height} could not be encoded")
    return png.tobytes()


def _thumbnail(image: Image.Image, side: int) -> bytes:
    """Return a WebP of at most ``side`` pixels a side; the usual one without loss where it is not scaled."""
    scale = side / max(image.size)
    small = image if scale >= 1.0 else _scaled(image, scale)
    buffer = BytesIO()
    is_whole = small is image and side == THUMBNAIL_SIDE
    small.save(buffer, format="WEBP", lossless=is_whole, quality=_THUMBNAIL_QUALITY, method=0)
    return buffer.getvalue()


def _scaled(image: Image.Image, scale: float) -> Image.Image:
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=_REDUCING_GAP)


def _save(name: str, content: bytes) -> None:
    if default_storage.exists(name):
        if default_storage.size(name) == len(content):
            return
        default_storage.delete(name)
    try:
        stored = default_storage.save(name, ContentFile(content))
    except OSError as error:
        default_storage.delete(name)
        raise StorageError(f"the picture could not be stored: {error.strerror or error}") from error
    if stored != name:
        # Another worker stored the same picture in this very moment.
        default_storage.delete(stored)

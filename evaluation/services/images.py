"""Pictures in content-addressed storage: a file's name is the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from evaluation.images import image_name


def store_image(image: Image.Image) -> str:
    """Store a picture without loss and return its digest; the same picture is stored once.

    A file that a killed worker left half written is replaced.
    """
    buffer = BytesIO()
    image.convert("RGB").save(buffer, format="PNG")
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    name = image_name(digest)
    if default_storage.exists(name):
        if default_storage.size(name) == len(content):
            return digest
        default_storage.delete(name)
    stored = default_storage.save(name, ContentFile(content))
    if stored != name:
        # Another worker stored the same picture in this very moment.
        default_storage.delete(stored)
    return digest


def open_image(digest: str) -> Image.Image:
    """Read a stored picture."""
    with default_storage.open(image_name(digest)) as file:
        image = Image.open(file)
        image.load()
    return image

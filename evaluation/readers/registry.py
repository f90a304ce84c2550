"""Every reader by name. Their modules, which load heavy libraries, are imported when first asked to read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from typing import Any, Final, Protocol, cast

from django.conf import settings
from PIL import Image

from evaluation.readers.pinned import model_version
from evaluation.suites.spec import PromptSpec


class Read(Protocol):
    """Look at a picture and state what is seen. The prompt's spec may decide what is asked, never the answer."""

    def __call__(self, image: Image.Image, spec: PromptSpec, /) -> dict[str, Any]:
        """Return a JSON object."""
        ...


@dataclass(frozen=True)
class Reader:
    """A reader's name, where its function is, and what its version is made of."""

    name: str
    function: str
    own_version: str
    package: str = ""
    content_version: Callable[[], str] | None = None

    @property
    def version(self) -> str:
        """Own version, and that of the package or weights whose answers it passes on."""
        parts = [self.own_version]
        if self.package:
            parts.append(f"{self.package}-{version(self.package)}")
        if self.content_version:
            parts.append(self.content_version())
        return "+".join(parts)

    def load(self) -> Read:
        """Import the reader's function."""
        module, name = self.function.split(":")
        return cast("Read", getattr(import_module(module), name))


@lru_cache(maxsize=4)
def weights_version(path: str) -> str:
    """Return the beginning of the SHA-256 of a bundled model's weights."""
    return sha256((settings.MODELS_DIR / path).read_bytes()).hexdigest()[:12]


def tiny_clip_version() -> str:
    """Return what the bundled image-text model's weights are."""
    return weights_version("tiny-clip/open_clip_model.safetensors")


def tiny_bodies_version() -> str:
    """Return what the weights of the bundled network for drawn bodies are."""
    return weights_version("tiny-bodies/model.safetensors")


def judge_version() -> str:
    """Return the beginning of a digest of the judge that is set up, or "none"."""
    return model_version(settings.JUDGE_MODEL)


def detector_version() -> str:
    """Return the beginning of a digest of the detector that is set up, or "none"."""
    return model_version(settings.DETECTOR_MODEL)


READERS: Final[dict[str, Reader]] = {
    reader.name: reader
    for reader in (
        Reader("ocr", "evaluation.readers.ocr:read_text", "1", package="rapidocr"),
        Reader("tesseract", "evaluation.readers.tesseract:read_text", "1", package="tesserocr"),
        Reader("clip", "evaluation.readers.clip:read_captions", "2", content_version=tiny_clip_version),
        Reader("shapes", "evaluation.readers.shapes:read_shapes", "1"),
        Reader("judge", "evaluation.readers.judge:read_answers", "1", content_version=judge_version),
        Reader("detector", "evaluation.readers.detector:read_boxes", "1", content_version=detector_version),
        Reader("bodies", "evaluation.readers.bodies:read_bodies", "1+mediapipe-0.10.21"),
        Reader("figures", "evaluation.readers.figures:read_figures", "1"),
        Reader(
            "wholeness",
            "evaluation.readers.wholeness:read_wholeness",
            "1",
            content_version=tiny_bodies_version,
        ),
    )
}


@lru_cache(maxsize=8)
def load_reader(name: str) -> Read:
    """Return a reader's function, imported once per process."""
    return READERS[name].load()

"""The embedder that the settings name."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from matchgraph.embedders.export_minilm import FILES, export
from matchgraph.embedders.minilm import OnnxEmbedder
from matchgraph.embedders.protocol import Embedder


class EmbedderMissingError(Exception):
    """There is no encoder in the folder that the settings name."""


def configured_embedder() -> Embedder:
    """Return the encoder in ``EMBEDDING_MODEL_DIR``, loaded once per process.

    Raises:
        EmbedderMissingError: where the folder does not hold one yet.
    """
    folder = Path(settings.EMBEDDING_MODEL_DIR)
    if not has_embedder(folder):
        raise EmbedderMissingError(f"no sentence encoder in {folder}: run manage.py build_matchgraph")
    return _loaded(folder)


def has_embedder(folder: Path) -> bool:
    """Return whether a folder holds a whole encoder."""
    return all((folder / name).is_file() for name in FILES)


def ensured_embedder() -> Embedder:
    """Return the configured encoder, made first from the packaged weights where it is missing.

    Raises:
        ExportError: where it is missing and cannot be made in this environment.
    """
    folder = Path(settings.EMBEDDING_MODEL_DIR)
    if not has_embedder(folder):
        export(folder)
    return _loaded(folder)


@lru_cache(maxsize=1)
def _loaded(folder: Path) -> Embedder:
    return OnnxEmbedder(folder)

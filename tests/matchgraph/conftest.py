"""The match graph's fixtures: a fake embedder that counts, the real one, and small catalogues."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from django.conf import settings

from matchgraph.embedders.configured import has_embedder
from matchgraph.embedders.export_minilm import export
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.embedders.minilm import OnnxEmbedder
from matchgraph.embedders.protocol import Vectors
from matchgraph.search import retrieval


class CountingEmbedder(HashingEmbedder):
    """The fake, with a record of what it was asked to embed."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed, and remember the texts."""
        self.asked += texts
        return super().embed(texts)


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> CountingEmbedder:
    """The fake embedder, which search then uses too."""
    fake = CountingEmbedder()
    monkeypatch.setattr(retrieval, "configured_embedder", lambda: fake)
    return fake


@pytest.fixture(scope="session")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> OnnxEmbedder:
    """The real encoder; made for the session where the checkout has none yet."""
    folder = Path(settings.EMBEDDING_MODEL_DIR)
    if not has_embedder(folder):
        folder = tmp_path_factory.mktemp("models") / "minilm-l6"
        export(folder)
    return OnnxEmbedder(folder)

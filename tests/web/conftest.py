"""The pages' fixtures."""

import pytest

from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.search import retrieval


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> HashingEmbedder:
    """The fake embedder, which search then uses too."""
    fake = HashingEmbedder()
    monkeypatch.setattr(retrieval, "configured_embedder", lambda: fake)
    return fake

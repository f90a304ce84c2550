"""The pages' fixtures."""

import pytest

from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.search import retrieval
from web.freshness import forget_version


@pytest.fixture(autouse=True)
def fresh_state() -> None:
    """Let no test meet the state of the site that the one before it left in memory for two seconds."""
    forget_version()


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> HashingEmbedder:
    """The fake embedder, which search then uses too."""
    fake = HashingEmbedder()
    monkeypatch.setattr(retrieval, "configured_embedder", lambda: fake)
    return fake

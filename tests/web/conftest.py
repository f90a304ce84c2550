"""The pages' fixtures: a match graph on the fake embedder, and the whole seed catalogue, ranked."""

import datetime as dt

import pytest
from django.conf import settings

from catalog.services.load import load_catalogue
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.search import retrieval
from matchgraph.services.build import build_matchgraph
from ranking.services.publish import compute_rank

TODAY = dt.date(2026, 11, 1)


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> HashingEmbedder:
    """The fake embedder, which search then uses too."""
    fake = HashingEmbedder()
    monkeypatch.setattr(retrieval, "configured_embedder", lambda: fake)
    return fake


@pytest.fixture
def seed_catalogue(db: None, embedder: HashingEmbedder) -> None:
    """Everything under ``data/catalog``, with its match graph and rank."""
    load_catalogue([settings.CATALOGUE_DIR])
    build_matchgraph(embedder)
    compute_rank(as_of=TODAY)

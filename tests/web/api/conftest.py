"""A small measured catalogue, and counters that begin at nothing for every test."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches

from catalog.models import Category
from evaluation.models import Run
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.services.build import build_matchgraph
from ranking.services.publish import compute_rank
from tests.builders import (
    TODAY,
    make_adoption,
    make_artifact,
    make_capability,
    make_fact,
    make_link,
    make_offer,
    make_reported_result,
)
from tests.web.measured import make_run, make_scorer_report, make_suite


@pytest.fixture(autouse=True)
def _fresh_counters(servers: None) -> Iterator[None]:
    caches["limits"].clear()
    yield
    caches["limits"].clear()


@pytest.fixture
def catalogue(db: None, embedder: HashingEmbedder) -> Run:
    """Three ranked models, one unranked tool and two measured demonstration models."""
    shelf = Category.objects.create(slug="shelf", name="Shelf", description="All of them.")
    for number, slug in enumerate(("alpha", "beta", "gamma"), start=1):
        artifact = make_artifact(slug, licence_id="Apache-2.0", licence_name="Apache 2.0", memory_gb="12.5")
        shelf.artifacts.add(artifact)
        make_adoption(artifact, value=10**number)
        make_capability(artifact, "Text rendering", intents=["readable words on a poster"])
        make_offer(artifact)
        make_fact(artifact, "licence", "Apache-2.0")
        make_link(artifact, "repository", f"https://example.org/{slug}")
        make_link(artifact, "api", f"https://api.example.org/{slug}")
        make_reported_result(artifact)
    suite = make_suite()
    first, second = (make_artifact(slug, is_demonstration=True) for slug in ("demo-a", "demo-b"))
    run = make_run(first, suite, [1, 1, 1, 0, None, 1])
    make_run(second, suite, [0, 1, 0, 0, 0, 1])
    make_scorer_report()
    build_matchgraph(embedder)
    compute_rank(as_of=TODAY)
    make_artifact("newcomer", kind="library")
    return run

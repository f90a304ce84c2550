"""The real encoder on the seed catalogue: each name and alias finds its artifact first."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from catalog.models import Artifact
from catalog.services.load import load_catalogue
from matchgraph.embedders.minilm import OnnxEmbedder
from matchgraph.search import retrieval, search
from matchgraph.selectors import overlap_of, related
from matchgraph.services.build import build_matchgraph
from matchgraph.texts import normalised

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def seed(minilm: OnnxEmbedder, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load and build once for all the tests of this file, and take it back after the last."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        monkeypatch.setattr(retrieval, "configured_embedder", lambda: minilm)
        load_catalogue([settings.CATALOGUE_DIR])
        build_matchgraph(minilm)
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("seed")
def test_each_name_and_alias_comes_first() -> None:
    owners: dict[str, set[str]] = {}
    for artifact in Artifact.objects.all():
        for text in {artifact.name, artifact.slug, *artifact.aliases}:
            owners.setdefault(normalised(text).replace(" ", ""), set()).add(artifact.slug)
    wrong = []
    for artifact in Artifact.objects.all():
        for text in {artifact.name, artifact.slug, *artifact.aliases}:
            results = search(text, limit=1).results
            if not results or results[0].slug not in owners[normalised(text).replace(" ", "")]:
                wrong.append((text, artifact.slug, results[0].slug if results else None))
    assert wrong == []


@pytest.mark.usefixtures("seed")
def test_an_intent_finds_what_serves_it() -> None:
    expected = {
        "stable diffusion web ui for an amd card": "sdnext",
        "fine-tune stable diffusion on five photos of my dog": "dreambooth-stable-diffusion",
        "generate an image and reason about it in one conversation": "gpt-5-4-image-2",
    }
    for query, slug in expected.items():
        assert slug in [result.slug for result in search(query, limit=3).results]


@pytest.mark.usefixtures("seed")
def test_every_pair_lines_up_alike_from_both_sides() -> None:
    ids = list(Artifact.objects.values_list("pk", flat=True))[:8]
    for first in ids:
        for second in ids:
            if first < second:
                there, back = overlap_of(first, second), overlap_of(second, first)
                assert there.score == back.score
                assert [(pair.first, pair.second) for pair in there.pairs] == [
                    (pair.second, pair.first) for pair in back.pairs
                ]
                assert there.only_first == back.only_second


@pytest.mark.usefixtures("seed")
def test_variants_of_a_model_are_related() -> None:
    artifact = Artifact.objects.get(slug="stable-diffusion-3-5-large")
    assert "stable-diffusion-3-5-medium" in {item.slug for item in related(artifact.pk)}

"""The real encoder on the seed catalogue: each name and alias finds its artifact first."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from catalog.models import Artifact, Capability
from catalog.services.load import load_catalogue
from matchgraph.embedders.minilm import OnnxEmbedder
from matchgraph.search import retrieval, search
from matchgraph.search.constraints import parse
from matchgraph.search.graded import Half, read_intents, read_pool
from matchgraph.search.names import NameMatch, name_hits
from matchgraph.search.trial import HYBRID, SINGLE, above, evaluate_method, evaluate_weakness
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
    owners: dict[str, set[str]] = defaultdict(set)
    typed: set[str] = set()
    for artifact in Artifact.objects.all():
        for text in (artifact.name, artifact.slug, *artifact.aliases):
            owners[normalised(text).replace(" ", "")].add(artifact.slug)
            typed.add(text)
    wrong = [
        (name, hits[0].slug if hits else None)
        for name, slugs in owners.items()
        if not (hits := name_hits(name)) or hits[0].match != NameMatch.EXACT or hits[0].slug not in slugs
    ]
    assert wrong == []
    # Among them all that read like a constraint: "T2I-Adapter", "classifier-free guidance".
    read = [name for name in sorted(typed) if parse(name, lambda _words: None).constraints]
    names = [*read, *(artifact.name for artifact in Artifact.objects.order_by("-released_on", "slug")[:5])]
    for name in names:
        assert search(name, limit=1).results[0].slug in owners[normalised(name).replace(" ", "")]


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


GRADED = settings.BASE_DIR / "data" / "search"


@pytest.mark.usefixtures("seed")
def test_graded_answers_are_in_the_catalogue() -> None:
    intents = read_intents(GRADED)
    known = set(Artifact.objects.real().values_list("slug", flat=True))
    named = {slug for intent in intents for slug in intent.answers}
    assert named <= read_pool(GRADED) <= known
    assert {grade for intent in intents for grade in intent.answers.values()} == {1, 2, 3}
    assert len({intent.text for intent in intents}) == len(intents)
    assert sum(1 for intent in intents if intent.answers) >= 300
    assert len({intent.type for intent in intents}) >= 8
    assert {"beginner", "designer", "shop", "developer", "non-native"} <= {item.voice for item in intents}


@pytest.mark.usefixtures("seed")
def test_graded_intents_are_not_copied_from_the_catalogue() -> None:
    stated = {
        normalised(text) for texts in Capability.objects.values_list("intents", flat=True) for text in texts
    }
    assert [intent.text for intent in read_intents(GRADED) if normalised(intent.text) in stated] == []


def test_two_wordings_of_one_need_stand_in_one_half() -> None:
    halves = defaultdict(set)
    for intent in read_intents(GRADED):
        halves[intent.family].add(intent.half)
    assert all(len(found) == 1 for found in halves.values())
    tuning = sum(1 for intent in read_intents(GRADED) if intent.half == Half.TUNING)
    assert 0.4 < tuning / len(read_intents(GRADED)) < 0.6


@pytest.mark.usefixtures("seed")
def test_hybrid_search_is_better_than_each_retriever_alone() -> None:
    """The interval of the gain excludes 0 on the half of the intents that nothing was tuned on."""
    intents = [intent for intent in read_intents(GRADED) if intent.half == Half.TEST]
    hybrid, *singles = (evaluate_method(name, intents, pool=read_pool(GRADED)) for name in (HYBRID, *SINGLE))
    for measure in ("nDCG@10", "success@1"):
        assert min(gain.low for gain in above(hybrid, singles, measure)) > 0
    assert hybrid.of_type("name").interval("success@1").mean == 1


@pytest.mark.usefixtures("seed")
def test_nothing_fits_is_said_where_it_is_true() -> None:
    """On the half that the threshold was not set on."""
    report = evaluate_weakness([item for item in read_intents(GRADED) if item.half == Half.TEST])
    assert report.said_rightly / report.n_without_answers >= 0.8
    assert report.said_wrongly / report.n_with_answers <= 0.1

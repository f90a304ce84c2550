"""Each leg against a second implementation: BM25 in plain Python, cosines in numpy."""

import math
from collections import Counter

import pytest
from django.db import connection
from pytest_django.fixtures import DjangoAssertNumQueries

from catalog.models import Capability
from matchgraph.search import legs
from matchgraph.search.legs import by_words
from matchgraph.search.nearest import by_meaning
from matchgraph.search.scope import Scope
from matchgraph.services.build import build_matchgraph
from matchgraph.services.lexicon import INTENT_COUNTS, K1, NAME_COUNTS, REST_COUNTS, USUAL_LENGTH, B
from matchgraph.texts import capability_text
from tests.builders import make_artifact, make_capability
from tests.matchgraph.conftest import CountingEmbedder

pytestmark = pytest.mark.django_db

QUERIES = [
    "readable words on a poster",
    "remove persons from photos",
    "poster poster",
    "zebra poster",
    "the of",
]


def make_corpus() -> list[Capability]:
    first, second = make_artifact("painter", aliases=["brush"]), make_artifact("editor")
    return [
        make_capability(
            first,
            "Text rendering",
            description="Puts words on posters, in many fonts.",
            intents=["readable words on a poster"],
        ),
        make_capability(
            first, "Text-to-image", description="Draws a picture.", intents=["a poster", "a picture of a dog"]
        ),
        make_capability(
            second,
            "Inpainting",
            description="Fills holes.",
            intents=["remove a person from a photo"],
            best_for=["photographers"],
        ),
        make_capability(second, "Upscaling", description="Makes photos larger.", intents=["larger photo"]),
    ]


def lexemes(text: str) -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lexeme, cardinality(positions) FROM unnest(to_tsvector('english', %s))", [text]
        )
        return Counter(dict(cursor.fetchall()))


def document(capability: Capability) -> dict[str, float]:
    intents = [*capability.intents, capability.artifact.name, *capability.artifact.aliases]
    own = [capability.description, capability.unique_aspect, *capability.best_for]
    rest = [*own, capability.artifact.summary, *capability.artifact.best_for]
    parts = (
        (capability.name, NAME_COUNTS),
        (" . ".join(intents), INTENT_COUNTS),
        (" . ".join(rest), REST_COUNTS),
    )
    counts: Counter[str] = Counter()
    for text, weight in parts:
        counts.update({word: count * weight for word, count in lexemes(text).items()})
    length = sum(counts.values())
    return {
        word: count * (K1 + 1) / (count + K1 * (1 - B + B * length / USUAL_LENGTH))
        for word, count in counts.items()
    }


@pytest.mark.parametrize("query", QUERIES)
def test_words_agree_with_bm25_in_python(embedder: CountingEmbedder, query: str) -> None:
    capabilities = make_corpus()
    build_matchgraph(embedder)
    documents = {capability.pk: document(capability) for capability in capabilities}
    asked = set(lexemes(query))
    found_in = {word: sum(word in words for words in documents.values()) for word in asked}
    idf = {word: math.log(1 + (len(documents) - n + 0.5) / (n + 0.5)) for word, n in found_in.items()}
    best = sum(idf.values()) * (K1 + 1)
    expected = {
        pk: sum(words.get(word, 0) * idf[word] for word in asked) / best
        for pk, words in documents.items()
        if asked & words.keys()
    }
    found = by_words(query, scope=None)
    assert {pk: hit.coverage for pk, hit in found.items()} == pytest.approx(expected)
    assert list(found) == sorted(found, key=lambda pk: (-expected[pk], pk))


def test_words_are_those_of_the_query(embedder: CountingEmbedder) -> None:
    rendering, *_ = make_corpus()
    build_matchgraph(embedder)
    hit = by_words("Readable posters, zebras", scope=None)[rendering.pk]
    assert set(hit.words) == {"readable", "posters"}
    assert 0 < hit.coverage < 1


@pytest.mark.parametrize("query", QUERIES[:3])
def test_meaning_agrees_with_numpy(
    embedder: CountingEmbedder, django_assert_num_queries: DjangoAssertNumQueries, query: str
) -> None:
    capabilities = make_corpus()
    build_matchgraph(embedder)
    (vector,) = embedder.embed([query])
    with django_assert_num_queries(2):
        found = by_meaning(vector, embedder.recipe.digest, scope=None)
    for capability in capabilities:
        own = [capability_text(capability.name, capability.description), capability.name]
        texts = [*own, *capability.intents]
        cosines = dict(zip(texts, (embedder.embed(texts) @ vector).tolist(), strict=True))
        hit = found[capability.pk]
        assert hit.cosine == pytest.approx(max(cosines.values()), abs=2e-3)
        nearest = [hit.intent] if hit.intent else own
        assert max(cosines[text] for text in nearest) == pytest.approx(hit.cosine, abs=2e-3)


def test_vectors_of_another_recipe_are_not_read(embedder: CountingEmbedder) -> None:
    make_corpus()
    build_matchgraph(embedder)
    (vector,) = embedder.embed(["poster"])
    assert by_meaning(vector, "another recipe", scope=None) == {}


def test_both_legs_stay_with_the_artifacts_given(embedder: CountingEmbedder) -> None:
    capabilities = make_corpus()
    build_matchgraph(embedder)
    only = capabilities[0].artifact_id
    (vector,) = embedder.embed(["photo poster"])
    words = by_words("photo poster", scope=Scope.of([only]))
    meaning = by_meaning(vector, embedder.recipe.digest, scope=Scope.of([only]))
    owners = dict(Capability.objects.values_list("pk", "artifact_id"))
    assert {owners[pk] for pk in words | meaning} == {only}
    assert by_words("poster", scope=Scope.of([])) == {}


def test_of_a_word_that_most_have_the_best_places_are_read(
    embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact = make_artifact("painter")
    for number in range(12):
        make_capability(artifact, f"Brush {number}", description="Paints a picture.", intents=["paint"])
    best = make_capability(
        artifact, "Picture picture", description="Paints a picture.", intents=["a picture"]
    )
    build_matchgraph(embedder)
    everything = by_words("picture", scope=None)
    monkeypatch.setattr(legs, "MOST_POSTINGS", 1)
    assert len(everything) == 13
    assert by_words("picture", scope=None) == {best.pk: everything[best.pk]}


def test_a_word_that_most_have_is_left_out_where_four_rarer_ones_remain(
    embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact = make_artifact("painter")
    for number in range(30):
        make_capability(artifact, f"Brush {number}", description="Paints a picture.", intents=["paint"])
    rare = make_capability(artifact, "Frog, newt, toad and eel", description="Swim.", intents=["swim"])
    build_matchgraph(embedder)
    monkeypatch.setattr(legs, "MOST_POSTINGS", 2)
    assert by_words("frog newt toad eel brush", scope=None).keys() == {rare.pk}
    assert len(by_words("frog newt toad brush", scope=None)) == 3

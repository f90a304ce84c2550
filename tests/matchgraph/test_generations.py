"""Generations of vectors: what a new one must show before it is used, how it is indexed, and when old ones go."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from catalog.models import Capability
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.embedders.protocol import Vectors
from matchgraph.models import CapabilityEmbedding, Generation
from matchgraph.search import plan
from matchgraph.search.graded import GradedIntent
from matchgraph.search.nearest import by_meaning, nearest
from matchgraph.search.scope import Scope
from matchgraph.services import generations, vector_indexes
from matchgraph.services.build import build_matchgraph
from matchgraph.services.gate import FEWEST_INTENTS, GenerationRefusedError, Quality, require_good
from tests.builders import make_artifact, make_capability
from tests.matchgraph.conftest import CountingEmbedder

pytestmark = pytest.mark.django_db
SUBJECTS = ("posters", "portraits", "maps", "logos", "comics", "icons")
TASKS = ("drawing", "cleaning", "colouring", "enlarging")


class DeafEmbedder(HashingEmbedder):
    """Another recipe, and a bad one: a text's vector says nothing of its words."""

    recipe = replace(HashingEmbedder.recipe, revision="deaf")

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = [np.random.default_rng(abs(hash(text))).normal(size=384) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], np.float32).reshape(-1, 384)


class SimilarEmbedder(HashingEmbedder):
    """Another recipe, as good as the first."""

    recipe = replace(HashingEmbedder.recipe, revision="similar")


def make_catalogue() -> list[GradedIntent]:
    """One artifact for each task and subject, and a question that it alone answers."""
    questions = []
    for task in TASKS:
        for subject in SUBJECTS:
            artifact = make_artifact(f"{task}-{subject}")
            make_capability(artifact, f"{task} of {subject}".capitalize(), description=f"{task} {subject}.")
            text = f"{task} {subject} please"
            questions.append(GradedIntent(text, "task", "any", text, {artifact.slug: 3}))
    assert len(questions) >= FEWEST_INTENTS
    return questions


def test_a_bad_generation_is_refused_and_the_one_in_use_stays(embedder: CountingEmbedder) -> None:
    questions = make_catalogue()
    build_matchgraph(embedder, questions=questions)
    before = Generation.objects.get(is_current=True)
    assert before.ndcg_at_10 is not None
    assert before.ndcg_at_10 > 0.9
    with pytest.raises(GenerationRefusedError, match=r"nDCG@10 by meaning is 0\.\d+, that of the generation"):
        build_matchgraph(DeafEmbedder(), questions=questions)
    assert Generation.objects.get(is_current=True) == before


def test_a_good_generation_takes_over(embedder: CountingEmbedder) -> None:
    questions = make_catalogue()
    build_matchgraph(embedder, questions=questions)
    build_matchgraph(SimilarEmbedder(), questions=questions)
    assert Generation.objects.get(is_current=True).recipe_digest == SimilarEmbedder.recipe.digest


def test_an_index_that_loses_neighbours_is_refused() -> None:
    with pytest.raises(GenerationRefusedError, match=r"finds 0\.940 of the ten nearest"):
        require_good(Quality(recall=0.94, ndcg=None), before=None)
    require_good(Quality(recall=0.95, ndcg=None), before=None)


def test_the_generation_before_goes_when_nobody_went_back(
    embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = make_catalogue()
    build_matchgraph(embedder, questions=questions)
    build_matchgraph(SimilarEmbedder(), questions=questions)
    assert Generation.objects.count() == 2
    Generation.objects.filter(is_current=False).update(retired_at=timezone.now() - generations.KEPT_FOR)
    build_matchgraph(SimilarEmbedder(), questions=questions)
    assert Generation.objects.get().recipe_digest == SimilarEmbedder.recipe.digest
    assert CapabilityEmbedding.objects.count() == Capability.objects.count()


@pytest.fixture
def small_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Index what is otherwise too little, take the index from 10 matching vectors on, and look closely at 5."""
    monkeypatch.setattr(vector_indexes, "INDEXED_FROM", 10)
    monkeypatch.setattr(plan, "EXACT_UP_TO", 10)
    monkeypatch.setattr(plan, "CLOSELY_UP_TO", 5)


def index_names() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'near\\_%'")
        return {name for (name,) in cursor.fetchall()}


def test_each_generation_has_indexes_of_its_own_that_go_with_it(
    embedder: CountingEmbedder, small_index: None
) -> None:
    questions = make_catalogue()
    build_matchgraph(embedder, questions=questions)
    first = Generation.objects.get()
    assert (first.indexed, first.recall_at_10) == (["texts", "names", "intents"], 1.0)
    build_matchgraph(SimilarEmbedder(), questions=questions)
    second = Generation.objects.get(is_current=True)
    kinds = ("texts", "names", "intents")
    assert index_names() == {f"near_{kind}_{row.pk}" for kind in kinds for row in (first, second)}
    Generation.objects.filter(pk=first.pk).update(retired_at=timezone.now() - generations.KEPT_FOR)
    build_matchgraph(SimilarEmbedder(), questions=questions)
    assert index_names() == {f"near_{kind}_{second.pk}" for kind in kinds}


def explained(generation: Generation, scope: Scope | None) -> str:
    """The plan of the statement that a search runs."""
    from matchgraph.search import nearest as module  # noqa: PLC0415 - the module, not the function

    vector = HashingEmbedder().embed(["drawing maps"])[0]
    route = plan.route_for(module.matching(generation, scope), is_indexed="texts" in generation.indexed)
    ways = module.Ways(route, frozenset({"names", "intents"}))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN " + module.statement(generation, scope=scope, ways=ways),
            module.parameters(vector, scope=scope, ways=ways),
        )
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_count_decides_whether_the_index_is_followed(
    embedder: CountingEmbedder, small_index: None
) -> None:
    build_matchgraph(embedder, questions=make_catalogue())
    generation = Generation.objects.get()
    ids = sorted(Capability.objects.values_list("artifact_id", flat=True))
    index = f"near_texts_{generation.pk}"
    assert index in explained(generation, None)
    assert index in explained(generation, Scope.of(ids[:12]))
    assert index not in explained(generation, Scope.of(ids[:9]))


@pytest.mark.parametrize("share", [1.0, 0.6, 0.2, 0.05])
def test_both_ways_find_what_a_look_at_everything_finds(
    embedder: CountingEmbedder, small_index: None, share: float
) -> None:
    build_matchgraph(embedder, questions=make_catalogue())
    generation = Generation.objects.get()
    owners = dict(Capability.objects.values_list("pk", "artifact_id"))
    ids = sorted(owners.values())[: round(len(owners) * share)]
    scope = None if share == 1 else Scope.of(ids)
    for text in ("drawing maps", "clean a portrait", "nothing of the kind"):
        (vector,) = embedder.embed([text])
        exact = nearest(generation, vector, scope=scope, is_exact=True)
        found = by_meaning(vector, embedder.recipe.digest, scope=scope)
        # Never fewer rows than exist, whatever the filter.
        assert found.keys() == {pk for pk, owner in owners.items() if owner in ids}
        assert found == exact


def test_a_scope_does_not_know_artifacts_that_came_later(
    embedder: CountingEmbedder, small_index: None
) -> None:
    build_matchgraph(embedder, questions=make_catalogue())
    first = min(Capability.objects.values_list("artifact_id", flat=True))
    (vector,) = embedder.embed(["drawing maps"])
    scope = Scope.of([first, *range(first - 12, first)])
    owners = dict(Capability.objects.values_list("pk", "artifact_id"))
    assert {owners[pk] for pk in by_meaning(vector, embedder.recipe.digest, scope=scope)} == {first}

"""Building the graph: once is enough, only changes are made anew, and searches never see half of it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from catalog.models import Capability
from catalog.services.merge import merge_artifacts
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.embedders.protocol import Vectors
from matchgraph.models import ArtifactName, CapabilityEmbedding, Edge, Generation, Intent, Overlap, Posting
from matchgraph.search.legs import by_words
from matchgraph.search.nearest import by_meaning
from matchgraph.services.build import build_matchgraph
from matchgraph.services.generations import GenerationIncompleteError, switch_to
from matchgraph.services.vectors import generation_for
from tests.builders import make_artifact, make_capability
from tests.matchgraph.conftest import CountingEmbedder

pytestmark = pytest.mark.django_db


class OtherEmbedder(HashingEmbedder):
    """The fake under another recipe."""

    recipe = replace(HashingEmbedder.recipe, revision="2")

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.roll(super().embed(texts), 1, axis=1)


class BrokenEmbedder(OtherEmbedder):
    """Stops in the middle."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise RuntimeError("out of memory")


def make_catalogue() -> list[Capability]:
    first, second, third = make_artifact("first"), make_artifact("second"), make_artifact("third")
    return [
        make_capability(first, "Inpainting", intents=["remove a person from a photo"]),
        make_capability(first, "Text rendering", intents=["readable words on a poster"]),
        make_capability(second, "Inpainting", intents=["Remove a person from a photo!"]),
        make_capability(third, "Web interface", intents=["draw in my browser"]),
    ]


def test_building_twice_changes_nothing(embedder: CountingEmbedder) -> None:
    make_catalogue()
    first = build_matchgraph(embedder)
    rows = list(Edge.objects.values()), list(Overlap.objects.values()), list(Generation.objects.values())
    embedder.asked.clear()
    second = build_matchgraph(embedder)
    assert (first.capabilities.embedded, first.overlaps.computed, first.graph.edges) == (4, 3, 4)
    assert second.is_unchanged
    assert embedder.asked == []
    assert rows == (
        list(Edge.objects.values()),
        list(Overlap.objects.values()),
        list(Generation.objects.values()),
    )


def test_only_a_changed_capability_is_embedded_again(embedder: CountingEmbedder) -> None:
    changed, *_ = make_catalogue()
    build_matchgraph(embedder)
    stamps = dict(Overlap.objects.values_list("pk", "computed_at"))
    embedder.asked.clear()
    changed.description = "Erases things with a mask."
    changed.save()
    report = build_matchgraph(embedder)
    assert embedder.asked == ["Inpainting. Erases things with a mask."]  # The name has its vector.
    assert report.overlaps.computed == 2  # Those with the first artifact.
    untouched = Overlap.objects.get(first__slug="second", second__slug="third")
    assert untouched.computed_at == stamps[untouched.pk]


def test_capabilities_of_a_merged_artifact_are_found_as_the_others(embedder: CountingEmbedder) -> None:
    # Both say the same of themselves, so that no word of their capabilities changes.
    winner, loser = make_artifact("painter", name="Painter"), make_artifact("painter-copy", name="Painter")
    moved = make_capability(loser, "Inpainting", intents=["remove a person from a photo"])
    build_matchgraph(embedder)
    merge_artifacts(winner, loser)
    build_matchgraph(embedder)
    (vector,) = embedder.embed(["inpainting"])
    assert by_words("inpainting", scope=None)[moved.pk].artifact_id == winner.pk
    assert by_meaning(vector, embedder.recipe.digest, scope=None)[moved.pk].artifact_id == winner.pk
    assert build_matchgraph(embedder).is_unchanged


def test_an_intent_is_the_same_whatever_its_case_and_punctuation(embedder: CountingEmbedder) -> None:
    make_catalogue()
    build_matchgraph(embedder)
    assert Intent.objects.count() == 3
    assert Intent.objects.get(text__iexact="remove a person from a photo!").edges.count() == 2


def test_what_left_the_catalogue_leaves_the_graph(embedder: CountingEmbedder) -> None:
    *_, last = make_catalogue()
    build_matchgraph(embedder)
    last.delete()
    build_matchgraph(embedder)
    assert not Intent.objects.filter(text="draw in my browser").exists()
    assert not Overlap.objects.filter(second__slug="third").exists()
    assert not Posting.objects.filter(lexeme="browser").exists()
    assert ArtifactName.objects.filter(text="third").exists()


def test_a_new_recipe_is_built_beside_and_then_switched_to(embedder: CountingEmbedder) -> None:
    make_catalogue()
    build_matchgraph(embedder)
    before = Generation.objects.get(is_current=True)
    build_matchgraph(OtherEmbedder())
    after = Generation.objects.get(is_current=True)
    assert after != before
    assert after.recipe_digest == OtherEmbedder.recipe.digest
    assert CapabilityEmbedding.objects.filter(generation=before).count() == 4
    # The way back costs nothing: the generation is still there.
    embedder.asked.clear()
    build_matchgraph(embedder)
    assert Generation.objects.get(is_current=True) == before
    assert embedder.asked == []


def test_a_build_that_fails_leaves_the_generation_in_use(embedder: CountingEmbedder) -> None:
    make_catalogue()
    build_matchgraph(embedder)
    before = Generation.objects.get(is_current=True)
    with pytest.raises(RuntimeError, match="out of memory"):
        build_matchgraph(BrokenEmbedder())
    assert Generation.objects.get(is_current=True) == before


def test_an_incomplete_generation_is_refused(embedder: CountingEmbedder) -> None:
    make_catalogue()
    with pytest.raises(GenerationIncompleteError, match="lacks vectors of 4 capabilities"):
        switch_to(generation_for(embedder))


def test_only_the_generation_before_is_kept(embedder: CountingEmbedder) -> None:
    make_catalogue()
    build_matchgraph(embedder)
    build_matchgraph(OtherEmbedder())
    third = OtherEmbedder()
    third.recipe = replace(OtherEmbedder.recipe, revision="3")
    build_matchgraph(third)
    kept = set(Generation.objects.values_list("recipe_digest", flat=True))
    assert kept == {OtherEmbedder.recipe.digest, third.recipe.digest}

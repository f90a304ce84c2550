"""Reads for pages: pairs in the order asked for, what only one side has, evidence by visitor and day."""

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from catalog.models import Artifact
from matchgraph.models import Interaction, Overlap
from matchgraph.search import search
from matchgraph.selectors import MatchEvidence, match_evidence, overlap_of, related
from matchgraph.services.build import build_matchgraph
from matchgraph.services.feedback import record_interaction
from matchgraph.services.learning import learn_from_visitors
from tests.builders import make_artifact, make_capability
from tests.matchgraph.conftest import CountingEmbedder

pytestmark = pytest.mark.django_db


def make_two() -> tuple[Artifact, Artifact]:
    first, second = make_artifact("beta"), make_artifact("alpha")
    make_capability(first, "Inpainting")
    make_capability(first, "Web interface", description="Draws in a browser.")
    make_capability(second, "Inpainting")
    make_capability(second, "LoRA fine-tuning", description="Learns a style from pictures.")
    return first, second


def test_overlap_in_both_orders(
    embedder: CountingEmbedder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, second = make_two()
    build_matchgraph(embedder)
    with django_assert_num_queries(2):
        view = overlap_of(first.pk, second.pk)
    mirrored = overlap_of(second.pk, first.pk)
    assert [(pair.first.name, pair.second.name) for pair in view.pairs] == [("Inpainting", "Inpainting")]
    assert view.pairs[0].similarity == pytest.approx(1)
    assert [item.name for item in view.only_first] == ["Web interface"]
    assert [item.name for item in view.only_second] == ["LoRA fine-tuning"]
    assert view.score == mirrored.score == pytest.approx(1 / 3, abs=1e-3)
    assert view.only_first == mirrored.only_second
    assert view.pairs[0].first == mirrored.pairs[0].second


def test_overlap_that_is_not_stored_is_computed_alike(
    embedder: CountingEmbedder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, second = make_two()
    build_matchgraph(embedder)
    stored = overlap_of(first.pk, second.pk)
    Overlap.objects.all().delete()
    with django_assert_num_queries(3):
        assert overlap_of(first.pk, second.pk) == stored


def test_overlap_before_any_build_lines_nothing_up() -> None:
    first, second = make_two()
    view = overlap_of(first.pk, second.pk)
    assert (view.score, view.pairs) == (0, ())
    assert len(view.only_first) == len(view.only_second) == 2


@pytest.mark.parametrize("n_others", [1, 12])
def test_related_in_two_queries(
    embedder: CountingEmbedder, django_assert_num_queries: DjangoAssertNumQueries, n_others: int
) -> None:
    first, second = make_two()
    for number in range(n_others):
        make_capability(make_artifact(f"other-{number}"), "Outpainting", description="Widens a picture.")
    make_capability(make_artifact("tiny", is_demonstration=True), "Inpainting")
    build_matchgraph(embedder)
    with django_assert_num_queries(2):
        nearest, *_ = rows = related(first.pk)
    assert (nearest.slug, nearest.n_shared, nearest.n_own, nearest.shared) == (
        second.slug,
        1,
        2,
        ("Inpainting",),
    )
    assert "tiny" not in {row.slug for row in rows}


def test_evidence_counts_visitors_not_clicks(
    embedder: CountingEmbedder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, second = make_two()
    build_matchgraph(embedder)
    for visitor in ("ann", "ann", "bob"):
        page = search("inpainting", visitor=visitor)
        assert page.event_id is not None
        for kind in (Interaction.Kind.CLICK, Interaction.Kind.COMPARE):
            record_interaction(page.event_id, artifact_id=first.pk, kind=kind, visitor=visitor)
    learn_from_visitors()
    with django_assert_num_queries(1):
        evidence = match_evidence([first.pk, second.pk, 0])
    assert (evidence[first.pk].times_matched, evidence[first.pk].impressions) == (2, 2)
    assert (evidence[second.pk].times_matched, evidence[second.pk].impressions) == (0, 2)
    assert evidence[first.pk].since is not None
    assert evidence[0] == MatchEvidence(0, 0, None)

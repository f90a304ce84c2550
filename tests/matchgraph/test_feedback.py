"""What counts as evidence, for whom, and what it does to the graph."""

from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from matchgraph.evidence import PRIOR_VISITORS, edge_confidence, edge_weight
from matchgraph.models import Edge, Intent, Interaction
from matchgraph.search import SearchPage, search
from matchgraph.selectors import match_evidence
from matchgraph.services.build import build_matchgraph
from matchgraph.services.feedback import record_interaction
from matchgraph.services.graph import SEARCHED_BY_AT_LEAST
from tests.builders import make_artifact, make_capability
from tests.matchgraph.conftest import CountingEmbedder

QUERY = "remove a person from a photo"
CLICK = Interaction.Kind.CLICK


@pytest.fixture
def painter(db: None, embedder: CountingEmbedder) -> int:
    artifact = make_artifact("painter")
    make_capability(artifact, "Inpainting", intents=[QUERY])
    build_matchgraph(embedder)
    return artifact.pk


def click(page: SearchPage, artifact_id: int, *, visitor: str) -> bool:
    assert page.event_id is not None
    return record_interaction(page.event_id, artifact_id=artifact_id, kind=CLICK, visitor=visitor)


def test_an_interaction_counts_once(painter: int) -> None:
    page = search(QUERY, visitor="ann")
    assert click(page, painter, visitor="ann")
    assert not click(page, painter, visitor="ann")
    assert Interaction.objects.count() == 1


def test_only_the_visitor_who_searched_counts(painter: int) -> None:
    page = search(QUERY, visitor="ann")
    assert not click(page, painter, visitor="bob")
    assert not record_interaction(uuid4(), artifact_id=painter, kind=CLICK, visitor="ann")
    assert not Interaction.objects.exists()


def test_evidence_moves_the_edge_of_the_intent(painter: int, embedder: CountingEmbedder) -> None:
    before = Edge.objects.get()
    assert before.weight == pytest.approx(before.similarity)
    assert before.confidence == 0
    for visitor in ("ann", "bob", "bob"):
        page = search(QUERY.upper(), visitor=visitor)
    click(page, painter, visitor="bob")
    report = build_matchgraph(embedder)
    after = Edge.objects.get()
    assert (after.impressions, after.accepted, report.graph.changed) == (2, 1, 1)
    # Both wanted one thing only, so each is trusted half; the first place is always looked at.
    assert after.weight == pytest.approx(edge_weight(after.similarity, looks=1, taken=0.5), abs=1e-6)
    assert after.confidence == pytest.approx(edge_confidence(looks=1, taken=0.5), abs=1e-6)
    assert after.first_shown_on == after.last_shown_on == timezone.now().date()
    assert build_matchgraph(embedder).is_unchanged


def test_what_several_visitors_search_for_becomes_an_intent(painter: int, embedder: CountingEmbedder) -> None:
    for number in range(SEARCHED_BY_AT_LEAST):
        build_matchgraph(embedder)
        assert Intent.objects.filter(origin=Intent.Origin.SEARCHED).count() == 0
        search("Erase my uncle", visitor=f"visitor-{number}")
    build_matchgraph(embedder)
    intent = Intent.objects.get(origin=Intent.Origin.SEARCHED)
    assert intent.text == "Erase my uncle"
    assert intent.edges.get().impressions == SEARCHED_BY_AT_LEAST


counts = st.integers(0, 10_000)


@given(st.floats(-1, 1), counts, counts)
def test_edge_weight_is_a_share_and_grows_with_what_is_taken(
    similarity: float, shown: int, taken: int
) -> None:
    shown, taken = max(shown, taken), min(shown, taken)
    weight = edge_weight(similarity, looks=shown, taken=taken)
    assert 0 <= weight <= 1
    assert 0 <= edge_confidence(looks=shown, taken=taken) < 1
    if taken < shown:
        assert edge_weight(similarity, looks=shown, taken=taken + 1) > weight
        assert edge_confidence(looks=shown + 1, taken=taken) > edge_confidence(looks=shown, taken=taken)


@given(st.floats(0, 1))
def test_one_visitor_moves_an_edge_by_little(similarity: float) -> None:
    taken = edge_weight(similarity, looks=1, taken=1)
    ignored = edge_weight(similarity, looks=1, taken=0)
    assert abs(taken - similarity) <= 1 / (PRIOR_VISITORS + 1) + 1e-9
    assert abs(ignored - similarity) <= 1 / (PRIOR_VISITORS + 1) + 1e-9


def test_who_says_that_it_did_not_help_has_not_taken_it(painter: int, embedder: CountingEmbedder) -> None:
    page = search(QUERY, visitor="ann")
    assert page.event_id is not None
    click(page, painter, visitor="ann")
    kinds = Interaction.Kind
    for kind, taken in ((kinds.REJECT, 0), (kinds.SELECT, 1), (kinds.REJECT, 0)):
        record_interaction(page.event_id, artifact_id=painter, kind=kind, visitor="ann")
        build_matchgraph(embedder)
        assert match_evidence([painter])[painter].times_matched == taken
        assert Edge.objects.get().accepted == (taken if Edge.objects.get().impressions else 0)

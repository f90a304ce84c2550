"""What is learnt from the log: intents, clusters, matches, what was discarded, and what is forgotten."""

import datetime as dt
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.utils import timezone

from catalog.models import Artifact
from matchgraph.audience import SMALLEST_GROUP
from matchgraph.models import (
    ArtifactMatch,
    Discard,
    Edge,
    Impression,
    Intent,
    IntentMatch,
    Interaction,
    SearchEvent,
)
from matchgraph.search import search
from matchgraph.selectors import intent_evidence, match_evidence
from matchgraph.services.build import build_matchgraph
from matchgraph.services.feedback import record_interaction
from matchgraph.services.graph import intent_digest
from matchgraph.services.learning import learn_from_visitors
from matchgraph.services.retention import purge_searches
from tests.builders import make_artifact, make_capability
from tests.matchgraph.conftest import CountingEmbedder

QUERY = "remove a person from a photo"
pytestmark = pytest.mark.django_db


@pytest.fixture
def two(embedder: CountingEmbedder) -> tuple[Artifact, Artifact]:
    """Two artifacts for one intent."""
    artifacts = make_artifact("painter"), make_artifact("retoucher")
    for artifact in artifacts:
        make_capability(artifact, "Inpainting", intents=[QUERY])
    build_matchgraph(embedder)
    return artifacts


def visit(artifact: Artifact | None, *, visitor: str, query: str = QUERY, days_ago: int = 0) -> SearchEvent:
    page = search(query, visitor=visitor)
    assert page.event_id is not None
    if artifact:
        record_interaction(
            page.event_id, artifact_id=artifact.pk, kind=Interaction.Kind.CLICK, visitor=visitor
        )
    event = SearchEvent.objects.get(pk=page.event_id)
    event.created_at = timezone.now() - dt.timedelta(days=days_ago)
    event.save(update_fields=["created_at"])
    return event


def state() -> list[Any]:
    rows: list[Any] = list(ArtifactMatch.objects.values("artifact", "success", "visitors", "looks"))
    rows += IntentMatch.objects.order_by("intent", "artifact").values("intent", "artifact", "success")
    rows += Edge.objects.order_by("pk").values("pk", "weight", "confidence", "impressions")
    rows += Discard.objects.order_by("day", "reason", "artifact").values("reason", "count")
    return rows


def test_success_comes_from_those_who_looked(two: tuple[Artifact, Artifact]) -> None:
    painter, retoucher = two
    for number in range(8):
        visit(painter if number % 2 else retoucher, visitor=f"visitor-{number}", days_ago=number)
    report = learn_from_visitors()
    assert (report.n_showings, report.n_counted) == (16, 16)
    first, second = (match_evidence([item.pk])[item.pk] for item in two)
    assert first.impressions == second.impressions == 8
    assert first.times_matched == second.times_matched == 4
    assert first.success is not None
    assert second.success is not None
    # Both were taken by four, but one stood second, where half as many look.
    shown_first = Impression.objects.filter(position=1).values_list("artifact", flat=True).distinct().get()
    upper, lower = (first, second) if shown_first == painter.pk else (second, first)
    assert upper.success is not None
    assert lower.success is not None
    assert lower.success > upper.success
    assert upper.success_low < upper.success < upper.success_high
    assert first.since == timezone.now().date() - dt.timedelta(days=7)
    assert first.until == timezone.now().date()


def test_learning_twice_changes_nothing(two: tuple[Artifact, Artifact]) -> None:
    for number in range(6):
        visit(two[0], visitor=f"visitor-{number}")
    learn_from_visitors()
    once = state()
    assert learn_from_visitors().graph is not None
    assert state() == once


def test_what_is_learnt_fades(two: tuple[Artifact, Artifact]) -> None:
    for number in range(10):
        visit(two[0], visitor=f"visitor-{number}", days_ago=number)
    looks = []
    for days in (0, 90):
        learn_from_visitors(today=timezone.now().date() + dt.timedelta(days=days))
        looks.append(ArtifactMatch.objects.get(artifact=two[0]).looks)
    assert looks[1] == pytest.approx(looks[0] / 2)


def test_a_burst_does_not_count_and_the_operator_sees_it(
    two: tuple[Artifact, Artifact], capsys: pytest.CaptureFixture[str]
) -> None:
    painter, retoucher = two
    for number in range(30):
        visit(retoucher if number % 2 else None, visitor=f"visitor-{number}", days_ago=2 + number)
    learn_from_visitors()
    before = ArtifactMatch.objects.get(artifact=painter).success
    for number in range(40):
        visit(painter, visitor=f"bought-{number}")
    report = learn_from_visitors()
    assert report.discarded["burst"] >= 40
    assert ArtifactMatch.objects.get(artifact=painter).success == pytest.approx(before, abs=0.02)
    row = Discard.objects.get(reason=Discard.Reason.BURST, artifact=painter)
    assert (row.day, row.count) == (timezone.now().date(), 40)
    call_command("learn_from_visitors", "--days", "3")
    printed = capsys.readouterr().out
    assert f"40  painter: {Discard.Reason.BURST.label}" in printed


def test_repeating_oneself_counts_once(two: tuple[Artifact, Artifact]) -> None:
    for _ in range(5):
        visit(two[0], visitor="ann")
    report = learn_from_visitors()
    assert match_evidence([two[0].pk])[two[0].pk].impressions == 1
    assert report.discarded == {"repeated": 8}


def test_a_stranger_is_counted_as_one(two: tuple[Artifact, Artifact]) -> None:
    event = visit(None, visitor="ann")
    for _ in range(2):
        assert not record_interaction(
            event.pk, artifact_id=two[0].pk, kind=Interaction.Kind.CLICK, visitor="bob"
        )
    row = Discard.objects.get()
    assert (row.reason, row.count, row.artifact) == (Discard.Reason.STRANGER, 2, two[0])
    learn_from_visitors()
    assert Discard.objects.filter(pk=row.pk).exists(), "what the door counted stays"


def test_intents_in_other_words_are_one_cluster(
    two: tuple[Artifact, Artifact], embedder: CountingEmbedder
) -> None:
    make_capability(two[1], "Erasing", intents=["From a photo remove a person!", "write a song"])
    build_matchgraph(embedder)
    same, other = Intent.objects.get(text=QUERY), Intent.objects.get(text="write a song")
    near = Intent.objects.get(text="From a photo remove a person!")
    assert near.cluster_id == same.cluster_id
    assert other.cluster == other
    for number in range(SMALLEST_GROUP):
        visit(two[0], visitor=f"visitor-{number}", query=near.text)
    learn_from_visitors()
    evidence = intent_evidence([intent_digest(QUERY)])
    assert evidence[two[0].pk].impressions == SMALLEST_GROUP
    assert "write a song" not in {row.intent.text for row in IntentMatch.objects.all()}


def test_a_search_in_other_words_finds_its_intent(
    two: tuple[Artifact, Artifact], embedder: CountingEmbedder
) -> None:
    event = visit(two[0], visitor="ann", query="From a photo: remove a person")
    stranger = visit(None, visitor="bob", query="compose a symphony for strings")
    build_matchgraph(embedder)
    for row in (event, stranger):
        row.refresh_from_db()
    assert event.intent == Intent.objects.get(text=QUERY).cluster
    assert stranger.intent is None


def test_decomposed_intents_say_so_and_people_come_first(embedder: CountingEmbedder) -> None:
    artifact = make_artifact("painter")
    drafted = make_capability(
        artifact, "Upscaling", intents=["make it larger", "sharpen"], origin="decomposed"
    )
    build_matchgraph(embedder)
    assert set(Intent.objects.values_list("origin", flat=True)) == {Intent.Origin.DECOMPOSED}
    make_capability(artifact, "Enlarging", intents=["make it larger"])
    build_matchgraph(embedder)
    assert Intent.objects.get(text="make it larger").origin == Intent.Origin.CURATED
    drafted.delete()
    build_matchgraph(embedder)
    assert list(Intent.objects.values_list("text", flat=True)) == ["make it larger"]


def test_only_what_enough_visitors_wanted_is_shown(two: tuple[Artifact, Artifact]) -> None:
    for number in range(SMALLEST_GROUP - 1):
        visit(two[0], visitor=f"visitor-{number}")
    learn_from_visitors()
    assert not match_evidence([two[0].pk])[two[0].pk].is_published
    assert match_evidence([two[0].pk], with_intents=True)[two[0].pk].intents == ()
    visit(two[0], visitor="one-more")
    learn_from_visitors()
    evidence = match_evidence([two[0].pk], with_intents=True)[two[0].pk]
    assert evidence.is_published
    (wanted,) = evidence.intents
    assert (wanted.since, wanted.until) == (evidence.since, evidence.until)
    assert (wanted.text, wanted.visitors, wanted.times_matched) == (QUERY, SMALLEST_GROUP, SMALLEST_GROUP)


def test_what_visitors_took_moves_a_search_and_says_so(two: tuple[Artifact, Artifact]) -> None:
    names = [result.slug for result in search(QUERY).results]
    last = next(item for item in two if item.slug == names[-1])
    for number in range(40):
        visit(last, visitor=f"visitor-{number}", days_ago=number)
    learn_from_visitors()
    found = search(QUERY).results
    assert [result.slug for result in found] == names[::-1]
    assert "Taken by 40 of 40 visitors who wanted this and were shown it" in found[0].why


def test_words_are_forgotten_and_what_was_learnt_stays(two: tuple[Artifact, Artifact]) -> None:
    old, new = visit(two[0], visitor="ann", days_ago=31), visit(two[0], visitor="bob", days_ago=1)
    ancient = visit(two[0], visitor="eve", days_ago=500)
    learn_from_visitors()
    looks = ArtifactMatch.objects.get(artifact=two[0]).looks
    report = purge_searches()
    assert (report.emptied, report.deleted > 0) == (1, True)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.query, old.query_digest, old.constraints_parsed, old.referrer) == ("", "", [], "")
    assert old.intent is not None
    assert new.query == QUERY
    assert not SearchEvent.objects.filter(pk=ancient.pk).exists()
    learn_from_visitors()
    assert ArtifactMatch.objects.get(artifact=two[0]).looks == pytest.approx(looks, rel=0.02)
    assert purge_searches().emptied == 0


def test_near_ties_are_drawn_by_lot_and_remembered(two: tuple[Artifact, Artifact], settings: Any) -> None:
    settings.SEARCH_DRAWN_SHARE = 1.0
    firsts = set()
    for number in range(30):
        page = search(QUERY, visitor=f"visitor-{number}")
        assert page.results == search(QUERY, visitor=f"visitor-{number}").results, "the same all day"
        firsts.add(page.results[0].slug)
        shown = Impression.objects.filter(event=page.event_id).order_by("position")
        assert [row.drawn for row in shown] == [1, 1]
        assert [row.artifact_id for row in shown] == [result.artifact_id for result in page.results]
    assert firsts == {"painter", "retoucher"}
    named = search("painter", visitor="ann")
    assert named.results[0].slug == "painter"
    assert not Impression.objects.filter(event=named.event_id, drawn=1).exists()
    assert len({search(QUERY).results[0].slug for _ in range(5)}) == 1, "no lots without a visitor"


def test_learning_is_one_transaction(two: tuple[Artifact, Artifact]) -> None:
    visit(two[0], visitor="ann")
    learn_from_visitors()
    before = state()
    visit(two[0], visitor="bob")
    with (
        mock.patch("matchgraph.services.learning._write_discards", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        learn_from_visitors()
    assert state() == before

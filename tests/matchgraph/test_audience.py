"""A builder sees sums over visitors and never a visitor."""

import pytest

from catalog.models import Artifact
from matchgraph.audience import SMALLEST_GROUP, audience
from matchgraph.models import Impression, Interaction, SearchEvent
from tests.builders import make_artifact

pytestmark = pytest.mark.django_db


def search(visitor: str, query: str, *shown: Artifact, took: Artifact | None = None) -> None:
    event = SearchEvent.objects.create(query=query, query_digest=query, visitor=visitor, n_results=len(shown))
    for position, artifact in enumerate(shown, start=1):
        impression = Impression.objects.create(event=event, artifact=artifact, position=position)
        if artifact == took:
            Interaction.objects.create(impression=impression, kind=Interaction.Kind.CLICK)


def test_a_search_by_few_is_not_told_apart() -> None:
    mine = make_artifact("mine")
    for number in range(SMALLEST_GROUP - 1):
        search(f"visitor-{number}", "a very private wish", mine, took=mine)
        search(f"visitor-{number}", "a very private wish", mine, took=mine)
    seen = audience(mine.pk)
    assert seen.asked_for == ()
    assert [(week.shown, week.position, week.taken) for week in seen.weeks] == [(None, None, None)]


def test_sums_count_a_visitor_once() -> None:
    mine, other = make_artifact("mine"), make_artifact("other")
    for number in range(6):
        for _ in range(3):
            search(f"visitor-{number}", "posters", other, mine, took=other)
    search("visitor-0", "posters", other, mine, took=mine)
    seen = audience(mine.pk)
    [line] = seen.asked_for
    assert (line.query, line.visitors, line.position, line.taken) == ("posters", 6, 2.0, None)
    assert [week.shown for week in seen.weeks] == [6]


def test_what_was_rejected_was_not_taken() -> None:
    mine = make_artifact("mine")
    for number in range(6):
        search(f"visitor-{number}", "posters", mine, took=mine)
    for impression in Impression.objects.all()[:2]:
        Interaction.objects.create(impression=impression, kind=Interaction.Kind.REJECT)
    assert audience(mine.pk).asked_for[0].taken is None
    Interaction.objects.filter(kind=Interaction.Kind.REJECT).first().delete()  # type: ignore[union-attr]
    assert audience(mine.pk).asked_for[0].taken == 5


def test_three_queries_whatever_the_number_of_searches(django_assert_num_queries: object) -> None:
    mine = make_artifact("mine")
    for number in range(12):
        search(f"visitor-{number}", f"query {number % 2}", mine)
    assert callable(django_assert_num_queries)
    with django_assert_num_queries(3):
        audience(mine.pk)

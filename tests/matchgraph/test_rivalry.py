"""Against whom an artifact loses, told of groups alone."""

import pytest

from catalog.models import Artifact
from matchgraph.audience import SMALLEST_GROUP
from matchgraph.models import Impression, Interaction, SearchEvent
from matchgraph.rivalry import duels, losses
from tests.builders import make_artifact

pytestmark = pytest.mark.django_db
Kind = Interaction.Kind


def search(visitor: int, query: str, shown: dict[Artifact, tuple[str, ...]]) -> None:
    """One search by one visitor: what was shown in order, and what they did with each."""
    event = SearchEvent.objects.create(
        query=query, query_digest=query, visitor=f"visitor-{visitor}", n_results=len(shown)
    )
    for position, (artifact, kinds) in enumerate(shown.items(), start=1):
        impression = Impression.objects.create(event=event, artifact=artifact, position=position)
        for kind in kinds:
            Interaction.objects.create(impression=impression, kind=kind)


def test_a_loss_is_told_by_search_and_only_of_enough_visitors() -> None:
    mine, other, third = (make_artifact(slug) for slug in ("mine", "other", "third"))
    for number in range(SMALLEST_GROUP):
        search(number, "posters", {other: (Kind.CLICK,), mine: (), third: (Kind.CLICK, Kind.REJECT)})
    for number in range(SMALLEST_GROUP - 1):
        search(number, "logos", {other: (Kind.CLICK,), mine: ()})
    for number in range(SMALLEST_GROUP):
        search(number, "stickers", {other: (Kind.CLICK,), mine: (Kind.CLICK,)})
    found = losses(mine.pk, ["posters", "logos", "stickers"])
    assert list(found) == ["posters"]
    [loss] = found["posters"]
    assert (loss.slug, loss.visitors, loss.position) == ("other", SMALLEST_GROUP, 1.0)


def test_a_comparison_is_won_or_lost_by_what_helped() -> None:
    mine, other = make_artifact("mine"), make_artifact("other")
    for number in range(SMALLEST_GROUP):
        search(number, "posters", {mine: (Kind.COMPARE,), other: (Kind.COMPARE, Kind.SELECT)})
    search(90, "posters", {mine: (Kind.COMPARE, Kind.SELECT), other: (Kind.COMPARE,)})
    search(91, "posters", {mine: (Kind.SELECT,), other: (Kind.COMPARE,)})
    [duel] = duels(mine.pk)
    assert (duel.slug, duel.visitors, duel.won, duel.lost) == (
        "other",
        SMALLEST_GROUP + 1,
        None,
        SMALLEST_GROUP,
    )
    [seen_from_there] = duels(other.pk)
    assert (seen_from_there.won, seen_from_there.lost) == (SMALLEST_GROUP, None)


def test_one_query_each(django_assert_num_queries: object) -> None:
    mine = make_artifact("mine")
    assert callable(django_assert_num_queries)
    with django_assert_num_queries(2):
        losses(mine.pk, ["posters"])
        duels(mine.pk)

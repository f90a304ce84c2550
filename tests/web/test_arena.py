"""The arena: hidden models, balanced sides, votes that count once, limits, and a weight of nothing."""

import re
from collections import Counter

import pytest
from django.core import signing
from django.test import Client
from pytest_django import Settings

from catalog.models import Artifact
from evaluation.models import PreferenceVote, Sample
from evaluation.services import preference
from evaluation.services.preference import Voter, VoteRefusedError, cast_vote, draw_pair
from ranking.models import CurrentSnapshot
from ranking.selectors import preference_board
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_artifact
from tests.web.measured import make_run, make_suite
from web.pages.arena import SALT, vote

pytestmark = pytest.mark.django_db
READER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64)"}
TOKEN = re.compile(r'name="pair" value="([^"]+)"')


@pytest.fixture
def arena(settings: Settings) -> list[Artifact]:
    """Two real models with pictures for the same six prompts, one of which the filter refused."""
    settings.ARENA_ENABLED = True
    suite = make_suite()
    models = [make_artifact(slug) for slug in ("painter-one", "painter-two")]
    make_run(models[0], suite, [1, 1, 1, 0, None, 1])
    make_run(models[1], suite, [0, 1, 0, 0, 0, 1])
    return models


def voter(number: int = 0, network: str = "") -> Voter:
    return Voter(f"visitor-{number}", network or f"network-{number}")


def drawn(who: Voter) -> tuple[Sample, Sample]:
    pair = draw_pair(who)
    assert pair is not None
    return pair


def test_a_site_without_an_arena_has_no_such_page(client: Client) -> None:
    assert client.get("/arena/").status_code == 404
    assert client.post("/arena/vote/").status_code == 404
    assert "/arena/" not in client.get("/").content.decode()


def test_both_pictures_are_of_one_prompt_and_seed_and_models_are_hidden(
    client: Client, arena: list[Artifact]
) -> None:
    for number in range(20):
        left, right = drawn(voter(number))
        assert (left.prompt_id, left.k, left.seed) == (right.prompt_id, right.k, right.seed)
        assert left.run.recipe.artifact_id != right.run.recipe.artifact_id
        assert left.status == right.status == "ok"
    html = client.get("/arena/", headers=READER).content.decode()
    assert html.count("/media/images/") == 2
    assert "painter" not in html.casefold()
    assert "/runs/" not in html


def test_a_vote_counts_once_and_then_names_the_models(client: Client, arena: list[Artifact]) -> None:
    html = client.get("/arena/", headers=READER).content.decode()
    found = TOKEN.search(html)
    assert found is not None
    answer = client.post("/arena/vote/", {"pair": found[1], "choice": "left"}, headers=READER, follow=True)
    shown_left = Sample.objects.get(pk=signing.loads(found[1], salt=SALT)[0])
    assert f"{shown_left.run.recipe.artifact} made the left" in answer.content.decode()
    (written,) = PreferenceVote.objects.all()
    assert written.choice == "left"
    assert "127.0.0.1" not in written.visitor + written.network
    again = client.post("/arena/vote/", {"pair": found[1], "choice": "right"}, headers=READER)
    assert again.status_code == 409
    assert "judged already" in again.content.decode()
    assert PreferenceVote.objects.count() == 1


def test_nobody_votes_on_a_pair_that_was_not_shown_to_them(client: Client, arena: list[Artifact]) -> None:
    left, right = drawn(voter())
    for token in (
        "nonsense",
        signing.dumps([left.pk, right.pk, voter(1).visitor], salt=SALT),
        signing.dumps([left.pk, right.pk, voter().visitor], salt="another"),
        signing.dumps([left.pk, left.pk + 10**6, voter().visitor], salt=SALT),
        signing.dumps("x", salt=SALT),
    ):
        with pytest.raises(VoteRefusedError, match="no longer open"):
            vote(token, "left", voter=voter())
    with pytest.raises(VoteRefusedError, match="no longer open"):
        vote(signing.dumps([left.pk, right.pk, voter().visitor], salt=SALT), "best", voter=voter())
    assert not PreferenceVote.objects.exists()


def test_a_vote_from_another_site_or_a_bot_is_refused(arena: list[Artifact]) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/arena/vote/", {"choice": "left"}, headers=READER).status_code == 403
    bot = Client(headers={"user-agent": "SomeBot/1.0"})
    assert bot.post("/arena/vote/", {"choice": "left"}).status_code == 404
    assert TOKEN.search(bot.get("/arena/").content.decode()) is None


def test_sides_are_balanced(arena: list[Artifact]) -> None:
    lefts: Counter[int] = Counter()
    for number in range(30):
        left, right = drawn(voter(number))
        lefts[left.run.recipe.artifact_id] += 1
        cast_vote(left, right, PreferenceVote.Choice.LEFT, voter=voter(number, f"net-{number}"))
    assert max(lefts.values()) - min(lefts.values()) <= 1


def test_one_visitor_and_one_address_have_so_many_votes_a_day(
    arena: list[Artifact], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preference, "MOST_BY_VISITOR", 2)
    monkeypatch.setattr(preference, "MOST_BY_NETWORK", 3)
    first, second, third = (voter(number, "one-network") for number in range(3))
    for _ in range(2):
        cast_vote(*drawn(first), PreferenceVote.Choice.BOTH_BAD, voter=first)
    with pytest.raises(VoteRefusedError, match="one visitor"):
        cast_vote(*drawn(first), PreferenceVote.Choice.LEFT, voter=first)
    cast_vote(*drawn(second), PreferenceVote.Choice.LEFT, voter=second)
    with pytest.raises(VoteRefusedError, match="this address"):
        cast_vote(*drawn(third), PreferenceVote.Choice.LEFT, voter=third)


def token_for(client: Client, address: str) -> str:
    found = TOKEN.search(client.get("/arena/", headers=READER, REMOTE_ADDR=address).content.decode())
    assert found is not None
    return found[1]


def voted(client: Client, token: str, address: str) -> int:
    sent = {"pair": token, "choice": "left"}
    return client.post("/arena/vote/", sent, headers=READER, REMOTE_ADDR=address).status_code


def test_sessions_and_addresses_are_limited_apart(
    arena: list[Artifact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session is a browser's: it goes along to another address, and one address holds several."""
    monkeypatch.setattr(preference, "MOST_BY_VISITOR", 1)
    monkeypatch.setattr(preference, "MOST_BY_NETWORK", 2)
    here, there = "203.0.113.1", "203.0.113.2"
    ann, bob, eve = Client(), Client(), Client()
    assert voted(ann, token_for(ann, here), here) == 302
    assert voted(ann, token_for(ann, there), there) == 409, "the same session at another address"
    assert voted(bob, token_for(bob, here), here) == 302, "another session at the same address"
    assert voted(eve, token_for(eve, here), here) == 409, "the address has no more"
    assert voted(eve, token_for(eve, there), there) == 302
    sessions = set(PreferenceVote.objects.values_list("visitor", flat=True))
    networks = set(PreferenceVote.objects.values_list("network", flat=True))
    assert (len(sessions), len(networks)) == (3, 2)


def test_a_new_session_does_not_judge_the_same_pair_again(arena: list[Artifact]) -> None:
    pair = drawn(voter())
    cast_vote(*pair, PreferenceVote.Choice.LEFT, voter=voter())
    for who in (voter(5, voter().network), voter(0, "elsewhere")):
        with pytest.raises(VoteRefusedError, match="judged already"):
            cast_vote(*pair[::-1], PreferenceVote.Choice.LEFT, voter=who)


def test_who_has_judged_every_pair_is_told_so(client: Client, arena: list[Artifact]) -> None:
    who = voter()
    for _ in range(5):
        cast_vote(*drawn(who), PreferenceVote.Choice.RIGHT, voter=who)
    assert draw_pair(who) is None


def make_votes(arena: list[Artifact], wins: int, losses: int) -> None:
    first, second = (
        Sample.objects.filter(run__recipe__artifact=model, status="ok").first() for model in arena
    )
    assert first is not None
    assert second is not None
    PreferenceVote.objects.bulk_create(
        PreferenceVote(left=first, right=second, choice=choice, visitor=f"{choice}-{number}", network="n")
        for choice, n in (("left", wins), ("right", losses), ("both-good", 10))
        for number in range(n)
    )


def test_strengths_say_nothing_before_there_are_enough_votes(client: Client, arena: list[Artifact]) -> None:
    make_votes(arena, 20, 10)
    assert {row.points for row in preference_board().rows} == {None}
    assert "says nothing before 50 votes" in client.get("/arena/", headers=READER).content.decode()
    PreferenceVote.objects.all().delete()
    make_votes(arena, 60, 30)
    stronger, weaker = preference_board().rows
    assert stronger.artifact_id == arena[0].pk
    assert stronger.points is not None
    assert weaker.points == pytest.approx(-stronger.points)
    html = client.get("/arena/", headers=READER).content.decode()
    assert f"{stronger.points:+.0f} points, 95 % interval" in html


def test_votes_weigh_nothing(arena: list[Artifact]) -> None:
    compute_rank(as_of=TODAY)
    before = CurrentSnapshot.objects.get().snapshot.digest
    make_votes(arena, 300, 1)
    assert compute_rank(as_of=TODAY).outcome == "unchanged"
    assert CurrentSnapshot.objects.get().snapshot.digest == before

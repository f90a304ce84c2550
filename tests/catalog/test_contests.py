"""Two proofs of one artifact: both sides are heard, and the operator decides."""

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from catalog.models import Claim, Contest, Dispute
from catalog.services.claims import (
    NOTICE,
    PROVE_WITHIN,
    check_due_claims,
    give_up_claim,
    request_claim,
)
from catalog.services.contests import MOST_PIECES, ContestError, add_evidence, contest_of, decide_contest
from tests.catalog.claims import age, make_claimable, make_user, make_verified, missing

pytestmark = pytest.mark.django_db
SHOWN = "I have maintained it since its first release."


def make_contest() -> Contest:
    holder = make_verified(make_user("holder"))
    challenger = make_verified(make_user("challenger"), holder.artifact)
    found = contest_of(challenger)
    assert found is not None
    return found


def states() -> dict[str, str]:
    return dict(Claim.objects.values_list("user__username", "state"))


def test_a_second_proof_goes_to_the_operator_and_both_sides_are_asked() -> None:
    contest = make_contest()
    assert states() == {"holder": "verified", "challenger": "contested"}
    assert [message.to for message in mail.outbox] == [["holder@example.org"], ["challenger@example.org"]]
    assert contest_of(contest.holder) == contest
    for claim in (contest.holder, contest.challenger):
        assert claim.events.filter(action="contest opened").exists()


def make_lapsed() -> Claim:
    """A claim whose proof went missing, as that of a domain that expired does."""
    holder = make_verified(make_user("holder"))
    age(holder, days=8)
    check_due_claims(look=missing)
    holder.refresh_from_db()
    age(holder, days=NOTICE.days + 1)
    check_due_claims(look=missing)
    return holder


def test_who_buys_the_domain_of_a_lapsed_claim_does_not_get_it_by_its_proof() -> None:
    holder = make_lapsed()
    buyer = make_verified(make_user("buyer"), holder.artifact)
    assert states() == {"holder": "lapsed", "buyer": "contested"}
    assert contest_of(buyer) is not None


@pytest.mark.parametrize("days", [0, PROVE_WITHIN.days + 1])
def test_a_loser_who_begins_again_makes_no_room_for_who_bought_the_domain(days: int) -> None:
    holder = make_lapsed()
    again = request_claim(holder.artifact, user=holder.user, method="dns")
    age(again, days=days)
    check_due_claims(look=missing)
    buyer = make_verified(make_user("buyer"), holder.artifact)
    assert buyer.state == Claim.State.CONTESTED
    # The first gets it back by a proof, whoever contests it.
    assert make_verified(holder.user, holder.artifact).state == Claim.State.VERIFIED


def test_a_claim_that_was_given_up_is_free_for_the_next() -> None:
    holder = make_verified(make_user("holder"))
    give_up_claim(holder, actor=holder.user)
    assert make_verified(make_user("next"), holder.artifact).state == Claim.State.VERIFIED


def test_who_came_later_may_give_up_and_the_first_goes_on(client: Client) -> None:
    contest = make_contest()
    path = f"/artifact/{contest.artifact.slug}/claim/"
    client.force_login(contest.holder.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(path, {"action": "concede"}).status_code == 409
    client.force_login(contest.challenger.user, backend="django.contrib.auth.backends.ModelBackend")
    assert "You have given it up" in client.post(path, {"action": "concede"}).content.decode()
    assert states() == {"holder": "verified", "challenger": "lapsed"}
    assert contest_of(contest.holder) is None
    assert mail.outbox[-1].to == ["holder@example.org"]


def test_evidence_is_the_sides_own_and_has_an_end() -> None:
    contest = make_contest()
    for claim in (contest.holder, contest.challenger):
        add_evidence(claim, author=claim.user, text=SHOWN, url="https://acme.example/")
    assert {piece.claim for piece in contest.evidence.all()} == {contest.holder, contest.challenger}
    for text in ("short", "x" * 4_001):
        with pytest.raises(ContestError, match="characters"):
            add_evidence(contest.holder, author=contest.holder.user, text=text)
    for _ in range(MOST_PIECES - 1):
        add_evidence(contest.holder, author=contest.holder.user, text=SHOWN)
    with pytest.raises(ContestError, match="already"):
        add_evidence(contest.holder, author=contest.holder.user, text=SHOWN)


def test_without_a_contest_there_is_nothing_to_show() -> None:
    claim = make_verified()
    with pytest.raises(ContestError, match="Nobody contests"):
        add_evidence(claim, author=claim.user, text=SHOWN)


def test_a_dispute_about_the_builder_hears_the_builder(client: Client) -> None:
    holder = make_verified(make_user("holder"))
    other = make_verified(make_user("other"), make_claimable("painter-two"))
    path = f"/artifact/{holder.artifact.slug}/"
    person = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    client.post(f"{path}disputes/", {"subject": "claim", "statement": "He left <b>us</b>."}, headers=person)
    dispute = Dispute.objects.get()
    # The second of a day stands beside the first, without another mail.
    client.post(f"{path}disputes/", {"subject": "claim", "statement": "Really."}, headers=person)
    assert holder.events.filter(action="disputed").count() == 2
    assert [message.to for message in mail.outbox] == [["holder@example.org"]]
    client.force_login(holder.user, backend="django.contrib.auth.backends.ModelBackend")
    assert "He left &lt;b&gt;us&lt;/b&gt;." in client.get(f"{path}claim/").content.decode()
    said = {"action": "reply", "dispute": dispute.pk, "text": SHOWN}
    assert "The operator reads it" in client.post(f"{path}claim/", said).content.decode()
    # Of another's dispute nobody speaks.
    client.force_login(other.user, backend="django.contrib.auth.backends.ModelBackend")
    assert (
        client.post(f"/artifact/{other.artifact.slug}/claim/", said | {"text": "x" * 30}).status_code == 409
    )
    operator = User.objects.create_superuser("operator", "operator@example.org", "a long enough password")
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/admin/catalog/dispute/{dispute.pk}/change/").content.decode()
    assert SHOWN in page
    assert "verified: Found at" in page


@pytest.mark.parametrize(
    ("outcome", "holder", "challenger"),
    [
        ("holder", "verified", "refused"),
        ("challenger", "refused", "verified"),
        ("both", "verified", "verified"),
    ],
)
def test_the_operator_decides_once_and_both_are_told(outcome: str, holder: str, challenger: str) -> None:
    contest, operator = make_contest(), make_user("operator")
    decide_contest(contest, outcome=outcome, reason="The repository's history.", actor=operator)
    assert states() == {"holder": holder, "challenger": challenger}
    assert len(mail.outbox) == 4
    assert "The repository's history." in mail.outbox[-1].body
    assert contest.challenger.events.last().actor == operator  # type: ignore[union-attr]
    with pytest.raises(ContestError, match="before"):
        decide_contest(contest, outcome=outcome, reason="Again.", actor=operator)


@pytest.mark.parametrize(("outcome", "reason"), [("", "Why."), ("nobody", "Why."), ("both", "  ")])
def test_a_decision_has_an_outcome_and_a_reason(outcome: str, reason: str) -> None:
    with pytest.raises(ContestError, match="who may speak"):
        decide_contest(make_contest(), outcome=outcome, reason=reason, actor=make_user("operator"))


def test_the_operator_reads_both_sides_in_the_admin_and_decides_there(client: Client) -> None:
    contest = make_contest()
    for claim in (contest.holder, contest.challenger):
        add_evidence(claim, author=claim.user, text=f"<b>{claim.user.username}</b> {SHOWN}")
    operator = User.objects.create_superuser("operator", "operator@example.org", "a long enough password")
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    path = f"/admin/catalog/contest/{contest.pk}/change/"
    page = client.get(path).content.decode()
    for side in ("holder", "challenger"):
        assert f"&lt;b&gt;{side}&lt;/b&gt; {SHOWN}" in page
    forms = {"evidence-TOTAL_FORMS": 0, "evidence-INITIAL_FORMS": 0}
    assert (
        "both sides are told"
        in client.post(path, {"outcome": "both", "reason": "", **forms}).content.decode()
    )
    answer = client.post(path, {"outcome": "challenger", "reason": "Its history.", **forms})
    assert answer.status_code == 302
    assert states() == {"holder": "refused", "challenger": "verified"}

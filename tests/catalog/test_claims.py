"""A claim is proved, looked for again, lapses with notice, and can be refused; each step is on record."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection, transaction

from catalog.models import Artifact, Claim, Statement
from catalog.ownership.places import Place
from catalog.ownership.proofs import Proof
from catalog.selectors import builder_voice
from catalog.services import claims
from catalog.services.claims import (
    BETWEEN_CHECKS,
    MOST_OPEN_CLAIMS,
    NOTICE,
    ClaimError,
    check_claim,
    check_due_claims,
    give_up_claim,
    refuse_claim,
    request_claim,
)
from catalog.services.statements import (
    StatementError,
    accept_statement,
    propose_statement,
    refuse_statement,
)
from tests.catalog.claims import age, found, make_claimable, make_user, make_verified, missing

pytestmark = pytest.mark.django_db
WORDS = "It paints readable posters on a laptop."


def make_two_verified() -> tuple[Claim, Claim]:
    user = make_user()
    return make_verified(user, make_claimable("first")), make_verified(user, make_claimable("second"))


def test_a_proved_claim_is_verified_and_on_record() -> None:
    claim = make_verified()
    assert claim.state == Claim.State.VERIFIED
    assert [event.action for event in claim.events.all()] == ["requested", "verified"]


def test_an_unproved_claim_stays_open_and_can_be_looked_for_again() -> None:
    claim = request_claim(make_claimable(), user=make_user(), method="dns")
    assert not check_claim(claim, actor=claim.user, look=missing).is_given
    with pytest.raises(ClaimError, match="a moment ago"):
        check_claim(claim, actor=claim.user, look=found)
    claim.refresh_from_db()
    age(claim, seconds=BETWEEN_CHECKS.total_seconds() + 1)
    assert check_claim(claim, actor=claim.user, look=found).is_given


def test_every_claim_has_a_token_of_its_own_and_a_new_one_each_time() -> None:
    artifact = make_claimable()
    first = request_claim(artifact, user=make_user("one"), method="dns").token
    second = request_claim(artifact, user=make_user("two"), method="dns").token
    again = request_claim(artifact, user=User.objects.get(username="one"), method="well-known").token
    assert len({first, second, again}) == 3


def test_an_expired_token_proves_nothing() -> None:
    claim = request_claim(make_claimable(), user=make_user(), method="dns")
    age(claim, days=15)
    with pytest.raises(ClaimError, match="expired"):
        check_claim(claim, actor=claim.user, look=found)


def test_a_place_that_the_artifact_does_not_have_cannot_be_chosen() -> None:
    for method in ("repository", "hub", "github-admin", "anything"):
        with pytest.raises(ClaimError, match="cannot be proved in that way"):
            request_claim(make_claimable(f"a-{method}"), user=make_user(method), method=method)


def test_a_domain_that_is_no_longer_the_artifacts_proves_nothing() -> None:
    claim = make_verified()
    claim.artifact.links.all().delete()
    age(claim, days=8)
    assert not check_claim(claim, actor=None, look=found).is_given


def test_a_lost_proof_lapses_after_notice_and_not_before() -> None:
    claim = make_verified()
    age(claim, days=8)
    assert check_due_claims(look=missing) == 1
    claim.refresh_from_db()
    assert (claim.state, len(mail.outbox)) == (Claim.State.VERIFIED, 1)
    age(claim, days=NOTICE.days + 1)
    check_due_claims(look=missing)
    claim.refresh_from_db()
    assert claim.state == Claim.State.LAPSED
    assert [message.subject for message in mail.outbox] == [
        "Unfragile: your claim to Painter One can no longer be verified",
        "Unfragile: your claim to Painter One has lapsed",
    ]
    assert [event.action for event in claim.events.all()][-2:] == ["failing", "lapsed"]


def test_a_proof_that_comes_back_ends_the_notice() -> None:
    claim = make_verified()
    age(claim, days=8)
    check_due_claims(look=missing)
    claim.refresh_from_db()
    age(claim, days=8)
    check_due_claims(look=found)
    claim.refresh_from_db()
    assert (claim.state, claim.failing_since) == (Claim.State.VERIFIED, None)
    assert claim.events.last().action == "found again"  # type: ignore[union-attr]


def test_a_place_that_breaks_the_look_proves_nothing_and_stops_nobody_else() -> None:
    broken, fine = make_two_verified()
    for claim in (broken, fine):
        age(claim, days=8)

    def look(token: str, place: Place) -> Proof:
        if token == broken.token:
            raise TypeError("a header of another kind")
        return found(token, place)

    assert check_due_claims(look=look) == 2
    broken.refresh_from_db()
    assert broken.failing_since is not None


def test_a_claim_that_cannot_be_settled_stops_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = make_two_verified()
    for claim in (broken, fine):
        age(claim, days=8)
    settle = claims.settle_claim

    def settled(claim: Claim, proof: Proof, *, actor: User | None) -> Proof:
        if claim.pk == broken.pk:
            raise OSError("no mail server")
        return settle(claim, proof, actor=actor)

    monkeypatch.setattr(claims, "settle_claim", settled)
    assert check_due_claims(look=found) == 1


def test_a_claim_that_was_never_proved_ends_by_itself_and_on_record() -> None:
    claim = request_claim(make_claimable(), user=make_user(), method="dns")
    age(claim, days=15)
    check_due_claims(look=found)
    claim.refresh_from_db()
    assert claim.state == Claim.State.LAPSED
    assert claim.events.last().action == "never proved"  # type: ignore[union-attr]


def test_a_claim_by_an_accounts_rights_is_asked_for_again_after_a_season() -> None:
    artifact = make_claimable()
    artifact.hub_id = "acme/painter"
    artifact.save()
    claim = request_claim(artifact, user=make_user(), method="hub-admin")
    check_claim(claim, actor=claim.user, look=found)
    claim.refresh_from_db()
    age(claim, days=60)
    assert check_due_claims(look=missing) == 0
    age(claim, days=31)
    # Nobody is signed in with Hugging Face any more, so the rights cannot be seen.
    assert check_due_claims() == 1
    claim.refresh_from_db()
    assert (claim.state, len(mail.outbox)) == (Claim.State.VERIFIED, 1)
    assert "Sign in with Hugging Face first" in mail.outbox[0].body
    # Once notice is given it is looked for every week, so that it lapses two weeks later and not a season.
    age(claim, days=NOTICE.days + 1)
    assert check_due_claims() == 1
    claim.refresh_from_db()
    assert claim.state == Claim.State.LAPSED


def test_a_refused_claim_cannot_be_begun_again() -> None:
    claim = make_verified()
    refuse_claim(claim, actor=make_user("operator"), reason="two builders, one proof")
    with pytest.raises(ClaimError, match="refused"):
        request_claim(claim.artifact, user=claim.user, method="dns")
    assert "two builders" in mail.outbox[-1].body


def test_a_name_with_a_line_break_begins_no_header() -> None:
    claim = make_verified()
    Artifact.objects.update(name="Painter\r\nBcc: victim@example.org")
    claim.artifact.refresh_from_db()
    refuse_claim(claim, actor=make_user("operator"), reason="no")
    assert mail.outbox[-1].message()["Bcc"] is None


def test_a_claim_given_up_can_be_begun_again() -> None:
    claim = make_verified()
    give_up_claim(claim, actor=claim.user)
    assert request_claim(claim.artifact, user=claim.user, method="dns").state == Claim.State.REQUESTED


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_claim() -> None:
    artifact, user = make_claimable(), make_user()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = request_claim(artifact, user=user, method="dns")
            second = pool.submit(request_in_thread, artifact, user)
            while not is_anybody_waiting():
                assert not second.done()
        assert second.result() == first
    assert first.events.count() == 2


def request_in_thread(artifact: Artifact, user: User) -> Claim:
    try:
        return request_claim(artifact, user=user, method="dns")
    finally:
        connection.close()


def is_anybody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_nobody_opens_claims_without_end() -> None:
    user = make_user()
    for number in range(MOST_OPEN_CLAIMS):
        request_claim(make_claimable(f"painter-{number}"), user=user, method="dns")
    with pytest.raises(ClaimError, match="Prove one"):
        request_claim(make_claimable("one-too-many"), user=user, method="dns")


def test_words_are_shown_only_once_accepted_and_only_while_the_claim_holds() -> None:
    claim, moderator = make_verified(), make_user("moderator")
    statement = propose_statement(claim, field="summary", value=f"  {WORDS}\n")
    assert builder_voice(claim.artifact_id).words == ()
    accept_statement(statement, moderator=moderator)
    assert builder_voice(claim.artifact_id).words == (WORDS,)
    before = claim.artifact.summary
    claim.artifact.refresh_from_db()
    assert claim.artifact.summary == before
    give_up_claim(claim, actor=claim.user)
    assert builder_voice(claim.artifact_id).words == ()
    assert not builder_voice(claim.artifact_id).is_claimed


def test_a_new_proposal_replaces_one_that_waits_and_a_decision_is_final() -> None:
    claim, moderator = make_verified(), make_user("moderator")
    first = propose_statement(claim, field="about", value=WORDS)
    second = propose_statement(claim, field="about", value=f"{WORDS} Really.")
    with pytest.raises(StatementError, match="decided before"):
        accept_statement(first, moderator=moderator)
    refuse_statement(second, moderator=moderator, answer="Say what it does.")
    with pytest.raises(StatementError, match="decided before"):
        accept_statement(second, moderator=moderator)
    assert Statement.objects.get(pk=second.pk).answer == "Say what it does."


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("rank_score", WORDS, "not a builder's"),
        ("openness", WORDS, "not a builder's"),
        ("summary", "short", "Between 20 and 240"),
        ("summary", "x" * 241, "Between 20 and 240"),
        ("about", "x" * 4001, "Between 20 and 4,000"),
    ],
)
def test_what_is_not_a_builders_to_say_is_refused(field: str, value: str, said: str) -> None:
    with pytest.raises(StatementError, match=said):
        propose_statement(make_verified(), field=field, value=value)


def test_control_and_direction_characters_do_not_pass() -> None:
    statement = propose_statement(
        make_verified(), field="summary", value="It \u202epaints\x00 readable\x1b posters."
    )
    assert statement.value == "It paints readable posters."


def test_only_a_verified_claim_proposes_words() -> None:
    claim = request_claim(make_claimable(), user=make_user(), method="dns")
    with pytest.raises(StatementError, match="verified"):
        propose_statement(claim, field="summary", value=WORDS)

"""A second person's attempts on what is somebody else's: refused, logged, and on the claim's own record."""

from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from structlog.testing import capture_logs

from catalog.models import Artifact, Claim, Contest, Invitation, Role, Statement
from catalog.services.claim_records import ATTEMPT
from catalog.services.maintainers import invite
from catalog.services.statements import propose_statement
from tests.catalog.claims import found, make_claimable, make_user, make_verified

pytestmark = pytest.mark.django_db
WORDS = {"field": "summary", "value": "These are my words now, not yours."}


@pytest.fixture
def claim() -> Claim:
    return make_verified(make_user("owner"))


def sign_in(client: Client, user: User) -> None:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def attempts(claim: Claim) -> list[str]:
    return list(claim.events.filter(action=ATTEMPT).values_list("detail", flat=True))


@pytest.mark.parametrize(
    ("method", "path", "sent", "what"),
    [
        ("get", "", {}, "GET dashboard"),
        ("get", "weeks.csv", {}, "GET dashboard-weeks"),
        ("get", "searches.csv", {}, "GET dashboard-searches"),
        ("get", "comparisons.csv", {}, "GET dashboard-duels"),
        ("get", "words/", {}, "GET listing"),
        ("post", "words/", WORDS, "POST listing"),
        ("get", "people/", {}, "GET people"),
        (
            "post",
            "people/",
            {"action": "invite", "address": "me@example.org", "role": "owner"},
            "POST people",
        ),
        ("get", "evaluations/", {}, "GET evaluations"),
        ("post", "evaluations/", {"revision": "a" * 40}, "POST evaluations"),
        ("post", "give-up/", {}, "POST claim-give-up"),
    ],
)
def test_a_stranger_is_refused_and_logged(
    client: Client, claim: Claim, method: str, path: str, sent: dict[str, str], what: str
) -> None:
    stranger = make_user("stranger")
    sign_in(client, stranger)
    with capture_logs() as lines:
        for _ in range(2):
            answer = getattr(client, method)(f"/builders/{claim.artifact.slug}/{path}", sent)
            assert answer.status_code == 404
    logged = [line for line in lines if line["event"] == ATTEMPT]
    assert [(line["claim"], line["actor"], line["what"]) for line in logged] == [
        (claim.pk, stranger.pk, what)
    ] * 2
    # On record once a day: nobody fills another's page.
    assert attempts(claim) == [what]
    claim.refresh_from_db()
    assert (claim.state, claim.user.username) == (Claim.State.VERIFIED, "owner")
    assert not Statement.objects.exists()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("role", "path", "sent"),
    [
        (Role.VIEWER, "words/", WORDS),
        (Role.VIEWER, "people/", {"action": "invite", "address": "me@example.org", "role": "owner"}),
        (Role.VIEWER, "evaluations/", {"revision": "a" * 40}),
        (Role.EDITOR, "people/", {"action": "invite", "address": "me@example.org", "role": "owner"}),
        (Role.EDITOR, "people/", {"action": "remove", "maintainer": "1"}),
        (Role.EDITOR, "give-up/", {}),
    ],
)
def test_a_role_does_no_more_than_it_may(
    client: Client, claim: Claim, role: Role, path: str, sent: dict[str, str]
) -> None:
    helper = make_user("helper")
    claim.maintainers.create(user=helper, role=role)
    sign_in(client, helper)
    assert client.get(f"/builders/{claim.artifact.slug}/").status_code == 200
    assert client.post(f"/builders/{claim.artifact.slug}/{path}", sent).status_code == 403
    assert len(attempts(claim)) == 1
    claim.refresh_from_db()
    assert (claim.state, claim.user.username) == (Claim.State.VERIFIED, "owner")


def test_an_editor_writes_words_under_their_own_name(client: Client, claim: Claim) -> None:
    helper = make_user("helper")
    claim.maintainers.create(user=helper, role=Role.EDITOR)
    sign_in(client, helper)
    client.post(f"/builders/{claim.artifact.slug}/words/", WORDS)
    assert Statement.objects.get().value == WORDS["value"]
    assert claim.events.get(action="words proposed").actor == helper


def ask(claim: Claim, address: str, role: str = "editor") -> Invitation:
    return invite(claim, by=claim.user, address=address, role=role, link_of=lambda token: token)


@pytest.mark.parametrize("role", ["editor", "owner"])
def test_a_forwarded_invitation_or_transfer_opens_nothing(client: Client, claim: Claim, role: str) -> None:
    asked = ask(claim, "friend@example.org", role)
    stranger = make_user("stranger")
    # An account may name any address; only what it has confirmed counts.
    EmailAddress.objects.create(user=stranger, email="friend@example.org", verified=False)
    sign_in(client, stranger)
    for answer in (
        client.get(f"/invitations/{asked.token}/"),
        client.post(f"/invitations/{asked.token}/", {"answer": "yes"}),
    ):
        assert answer.status_code == 404
    assert attempts(claim) == ["GET invitation", "POST invitation"]
    asked.refresh_from_db()
    assert asked.state == Invitation.State.OPEN
    assert client.get("/invitations/made-up/").status_code == 404


def test_people_and_invitations_of_another_claim_are_not_there(client: Client, claim: Claim) -> None:
    owner = make_user("other-owner")
    other = make_verified(owner, make_claimable("painter-two"))
    claim.maintainers.create(user=make_user("helper"), role=Role.EDITOR)
    asked = ask(claim, "friend@example.org")
    sign_in(client, owner)
    base = f"/builders/{other.artifact.slug}/people/"
    for sent in (
        {"action": "withdraw", "invitation": asked.pk},
        {"action": "remove", "maintainer": claim.maintainers.get().pk},
        {"action": "remove", "maintainer": "9" * 30},
    ):
        assert client.post(base, sent).status_code == 404
    asked.refresh_from_db()
    assert (asked.state, claim.maintainers.count()) == (Invitation.State.OPEN, 1)


def test_nobody_proves_or_defends_anothers_claim(client: Client, claim: Claim) -> None:
    sign_in(client, make_user("stranger"))
    path = f"/artifact/{claim.artifact.slug}/claim/"
    for action in ("check", "evidence", "reply", "concede"):
        answer = client.post(path, {"action": action, "text": "It is mine, believe me, all of it."})
        assert answer.status_code == 404
    assert str(claim.token) not in client.get(path).content.decode()
    assert attempts(claim) == ["POST claim"]


def test_asking_joining_handing_over_and_leaving_on_the_pages(client: Client, claim: Claim) -> None:
    heir = make_user("heir")
    slug = claim.artifact.slug
    sign_in(client, claim.user)
    assert "Ask somebody" in client.get(f"/builders/{slug}/people/").content.decode()
    wrong = client.post(f"/builders/{slug}/people/", {"action": "invite", "address": "x", "role": "owner"})
    assert (wrong.status_code, b"no e-mail address" in wrong.content) == (409, True)
    sent = {"action": "invite", "address": heir.email, "role": "owner"}
    assert client.post(f"/builders/{slug}/people/", sent).status_code == 302
    asked = Invitation.objects.get()
    assert f"http://testserver/invitations/{asked.token}/" in mail.outbox[-1].body

    other = Client()
    sign_in(other, heir)
    assert f"/invitations/{asked.token}/" in other.get("/builders/").content.decode()
    assert "Take over" in other.get(f"/invitations/{asked.token}/").content.decode()
    answer = other.post(f"/invitations/{asked.token}/", {"answer": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, f"/builders/{slug}/")
    # The one who gave it away is an editor now, and may leave.
    assert client.post(f"/builders/{slug}/people/", {"action": "leave"}).status_code == 302
    assert client.get(f"/builders/{slug}/").status_code == 404


def test_both_sides_of_a_contest_speak_on_their_own_page(client: Client, claim: Claim) -> None:
    rival = make_user("rival")
    sign_in(client, rival)
    path = f"/artifact/{claim.artifact.slug}/claim/"
    client.post(path, {"method": "dns"})
    with mock.patch("catalog.ownership.accounts.look_for", side_effect=found):
        page = client.post(path, {"action": "check"}).content.decode()
    assert "Another account has proved it too" in page
    said = {"action": "evidence", "text": "I wrote every line of its code.", "url": "https://acme.example/"}
    assert "I wrote every line" in client.post(path, said).content.decode()
    bad = client.post(path, said | {"url": "javascript:alert(1)"})
    assert bad.status_code == 409
    sign_in(client, claim.user)
    page = client.get(path).content.decode()
    assert "Another account has proved it too" in page
    assert "I wrote every line" not in page
    assert Contest.objects.get().evidence.count() == 1


def test_the_editor_previews_versions_and_takes_back(client: Client, claim: Claim) -> None:
    sign_in(client, claim.user)
    path = f"/builders/{claim.artifact.slug}/words/"
    page = client.post(path, WORDS | {"action": "preview"}).content.decode()
    assert "So it would look" in page
    assert not Statement.objects.exists()
    refused = client.post(path, {"field": "summary", "value": "short", "action": "preview"})
    assert (refused.status_code, b"Between 20 and 240" in refused.content) == (409, True)
    propose_statement(claim, field="summary", value=WORDS["value"])
    assert "it waits to be read" in client.get(path).content.decode()
    client.post(path, {"field": "summary", "action": "withdraw"})
    page = client.get(path).content.decode()
    assert "withdrawn" in page
    assert "Take up again" in page
    assert client.post(path, {"field": "summary", "action": "withdraw"}).status_code == 404


def test_the_dashboard_is_a_bounded_number_of_queries(
    client: Client, claim: Claim, django_assert_max_num_queries: object
) -> None:
    sign_in(client, claim.user)
    assert callable(django_assert_max_num_queries)
    with django_assert_max_num_queries(18):
        assert client.get(f"/builders/{claim.artifact.slug}/").status_code == 200


def test_an_api_key_is_not_a_strangers_to_see(client: Client, claim: Claim) -> None:
    sign_in(client, make_user("stranger"))
    assert client.get("/admin/catalog/apikey/").status_code == 302


def test_nothing_is_named_after_an_artifact_that_is_not_there(client: Client, db: None) -> None:
    sign_in(client, make_user("stranger"))
    assert client.get("/builders/nobody/").status_code == 404
    assert not Artifact.objects.filter(slug="nobody").exists()

"""Builders sign up, claim, see their own numbers and nobody else's; anybody disputes."""

import re
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from catalog.models import Artifact, Claim, Dispute, Statement
from catalog.ownership.proofs import Proof
from catalog.services.claims import check_claim, request_claim
from catalog.services.statements import accept_statement
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.models import Impression, Interaction, SearchEvent
from tests.builders import make_artifact, make_link

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"  # noqa: S105 - of nobody
FOUND = Proof(is_given=True, said="Found.")
MISSING = Proof(is_given=False, said="acme.example has 0 TXT records; none is the token.")
PERSON = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture
def artifact() -> Artifact:
    made = make_artifact()
    make_link(made, "homepage", "https://acme.example/")
    return made


def sign_in(client: Client, name: str = "builder") -> User:
    user = User.objects.create_user(name, f"{name}@example.org", PASSWORD)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def make_verified(artifact: Artifact, user: User) -> Claim:
    claim = request_claim(artifact, user=user, method="dns")
    check_claim(claim, actor=user, look=lambda token, place: FOUND)
    claim.refresh_from_db()
    return claim


def test_signing_up_needs_the_address_to_be_confirmed(client: Client) -> None:
    given = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", given).status_code == 302
    assert "What a claim gives" in client.get("/builders/").content.decode()
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[0].body))
    assert link is not None
    client.post(link.group(1))
    answer = client.post("/accounts/login/", {"login": "new@example.org", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/builders/")
    assert "You have no claims yet" in client.get("/builders/").content.decode()


def test_an_address_that_has_an_account_is_not_given_away(client: Client) -> None:
    User.objects.create_user("known", "known@example.org", PASSWORD)
    given = {"password1": PASSWORD, "password2": PASSWORD}
    known = client.post("/accounts/signup/", given | {"email": "known@example.org"})
    unknown = Client().post("/accounts/signup/", given | {"email": "unknown@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_signing_in_leads_nowhere_else(client: Client) -> None:
    User.objects.create_user("known", "known@example.org", PASSWORD)
    answer = client.post(
        "/accounts/login/?next=https://evil.example/",
        {"login": "known@example.org", "password": PASSWORD, "next": "https://evil.example/"},
    )
    assert "evil.example" not in answer.get("Location", "")


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_pages_of_accounts_wear_the_sites_clothes(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert 'class="site-head"' in page
    assert 'name="robots" content="noindex' in page
    assert "<style" not in page


@pytest.mark.parametrize("path", ["/artifact/painter-one/claim/", "/builders/painter-one/"])
def test_a_stranger_is_asked_to_sign_in(client: Client, artifact: Artifact, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize("page", ["login", "signup"])
def test_signing_in_says_which_claim_follows(client: Client, artifact: Artifact, page: str) -> None:
    artifact.name = "<b>Painter</b>"
    artifact.save()
    words = "Next: claim &lt;b&gt;Painter&lt;/b&gt;."
    path = f"/accounts/{page}/"
    assert words in client.get(path, {"next": f"/artifact/{artifact.slug}/claim/"}).content.decode()
    for following in (
        "",
        "/nowhere/",
        "/artifact/nobody/claim/",
        f"/artifact/{artifact.slug}/",
        f"https://evil.example/artifact/{artifact.slug}/claim/",
        f"//evil.example/artifact/{artifact.slug}/claim/",
    ):
        answer = client.get(path, {"next": following})
        assert answer.status_code == 200
        assert "Next: claim" not in answer.content.decode(), following


def test_claiming_from_the_first_page_to_the_dashboard(client: Client, artifact: Artifact) -> None:
    user = sign_in(client)
    path = f"/artifact/{artifact.slug}/claim/"
    assert "A DNS record" in client.get(path).content.decode()
    begun = client.post(path, {"method": "dns"}).content.decode()
    token = Claim.objects.get(user=user).token
    assert f"unfragile-claim={token}" in begun
    with mock.patch("catalog.ownership.accounts.look_for", return_value=MISSING):
        assert "none is the token" in client.post(path, {"action": "check"}).content.decode()
    Claim.objects.update(checked_at=None)
    with mock.patch("catalog.ownership.accounts.look_for", return_value=FOUND):
        done = client.post(path, {"action": "check"})
    assert (done.status_code, done["Location"]) == (302, f"/builders/{artifact.slug}/")
    assert "Verified since" in client.get(done["Location"]).content.decode()
    assert "Its builder has a say here" in client.get(artifact.get_absolute_url()).content.decode()


def test_a_way_that_is_not_there_is_a_clear_error(client: Client, artifact: Artifact) -> None:
    sign_in(client)
    answer = client.post(f"/artifact/{artifact.slug}/claim/", {"method": "hub"})
    assert answer.status_code == 409
    assert "cannot be proved in that way" in answer.content.decode()


def test_the_page_of_a_claim_shows_nobody_elses(client: Client, artifact: Artifact) -> None:
    claim = make_verified(artifact, User.objects.create_user("owner", "owner@example.org", PASSWORD))
    sign_in(client, "other")
    page = client.get(f"/artifact/{artifact.slug}/claim/").content.decode()
    assert str(claim.token) not in page
    client.post(f"/artifact/{artifact.slug}/claim/", {"action": "check"})
    claim.refresh_from_db()
    assert claim.state == Claim.State.VERIFIED
    assert not Statement.objects.exists()


def test_an_unproved_claim_opens_nothing(client: Client, artifact: Artifact) -> None:
    request_claim(artifact, user=sign_in(client), method="dns")
    assert client.get(f"/builders/{artifact.slug}/").status_code == 404


def test_forms_need_their_token(artifact: Artifact) -> None:
    client = Client(enforce_csrf_checks=True)
    make_verified(artifact, sign_in(client))
    for path in (
        f"/artifact/{artifact.slug}/claim/",
        f"/builders/{artifact.slug}/words/",
        f"/builders/{artifact.slug}/people/",
        f"/builders/{artifact.slug}/give-up/",
    ):
        assert client.post(path, {"method": "dns"}).status_code == 403


def test_more_fields_than_the_form_has_change_nothing(client: Client, artifact: Artifact) -> None:
    make_verified(artifact, sign_in(client))
    words = {"field": "summary", "value": "It paints readable posters on a laptop."}
    client.post(
        f"/builders/{artifact.slug}/words/", words | {"state": "accepted", "rank_score": "100", "slug": "x"}
    )
    assert Statement.objects.get().state == Statement.State.PROPOSED
    artifact.refresh_from_db()
    assert artifact.rank_score is None


def test_a_builders_words_are_text_and_marked_as_theirs(client: Client, artifact: Artifact) -> None:
    user = sign_in(client)
    make_verified(artifact, user)
    attack = "<script>alert(1)</script> [x](javascript:alert(1)) is what we paint."
    client.post(f"/builders/{artifact.slug}/words/", {"field": "summary", "value": attack})
    accept_statement(Statement.objects.get(), moderator=user)
    page = client.get(artifact.get_absolute_url()).content.decode()
    assert "In the builder’s own words" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page


def test_the_csv_has_the_weeks_and_no_small_numbers(client: Client, artifact: Artifact) -> None:
    make_verified(artifact, sign_in(client))
    event = SearchEvent.objects.create(query="posters", query_digest="d", visitor="v", n_results=1)
    Impression.objects.create(event=event, artifact=artifact, position=1)
    lines = client.get(f"/builders/{artifact.slug}/weeks.csv").content.decode().splitlines()
    assert lines[0].startswith("week,visitors shown,mean position,visitors who took it")
    assert lines[1].split(",")[1:] == [""] * 6


def test_what_visitors_typed_runs_in_no_spreadsheet(client: Client, artifact: Artifact) -> None:
    make_verified(artifact, sign_in(client))
    for number in range(5):
        event = SearchEvent.objects.create(query="=1+1", query_digest="d", visitor=f"v{number}", n_results=1)
        Impression.objects.create(event=event, artifact=artifact, position=1)
    lines = client.get(f"/builders/{artifact.slug}/searches.csv").content.decode().splitlines()
    assert lines[1].startswith("'=1+1,5,1.0,")
    assert client.get(f"/builders/{artifact.slug}/comparisons.csv").content.startswith(b"compared with,")


def test_a_builders_own_search_does_not_count(
    client: Client, artifact: Artifact, embedder: HashingEmbedder
) -> None:
    user = sign_in(client)
    client.get("/search?q=posters", headers=PERSON)
    assert SearchEvent.objects.count() == 1
    request_claim(artifact, user=user, method="dns")
    client.get("/search?q=posters", headers=PERSON)
    assert SearchEvent.objects.count() == 1


def test_a_builders_own_click_does_not_count(client: Client, artifact: Artifact) -> None:
    event = SearchEvent.objects.create(query="posters", query_digest="d", visitor="v", n_results=1)
    Impression.objects.create(event=event, artifact=artifact, position=1)
    with mock.patch("web.views.feedback.record_interaction") as record:
        request_claim(artifact, user=sign_in(client), method="dns")
        client.post(f"/search/{event.pk}/{artifact.slug}/vote/", {"said": "helped"}, headers=PERSON)
        own = record.call_count
        Claim.objects.all().delete()
        client.post(f"/search/{event.pk}/{artifact.slug}/vote/", {"said": "helped"}, headers=PERSON)
    assert (own, record.call_count) == (0, 1)
    assert not Interaction.objects.exists()


def test_anybody_disputes_and_only_answers_are_shown(client: Client, artifact: Artifact) -> None:
    path = f"/artifact/{artifact.slug}/disputes/"
    said = {"subject": "price", "statement": "It costs <b>more</b>.", "contact": "me@example.org"}
    assert client.post(path, said, headers=PERSON).status_code == 302
    page = client.get(path).content.decode()
    assert "It costs" not in page
    Dispute.objects.update(state="corrected", answer="Put right.", answered_at="2026-11-01T00:00Z")
    page = client.get(path).content.decode()
    assert "It costs &lt;b&gt;more&lt;/b&gt;." in page
    assert "Put right." in page
    assert "me@example.org" not in page


def test_a_dispute_that_says_nothing_is_kept_in_the_form(client: Client, artifact: Artifact) -> None:
    path = f"/artifact/{artifact.slug}/disputes/"
    answer = client.post(
        path, {"subject": "fact", "statement": "", "evidence_url": "javascript:x"}, headers=PERSON
    )
    assert answer.status_code == 422
    assert "required" in answer.content.decode()
    assert not Dispute.objects.exists()


def test_programs_that_fill_every_field_and_floods_are_dropped(client: Client, artifact: Artifact) -> None:
    path = f"/artifact/{artifact.slug}/disputes/"
    said = {"subject": "fact", "statement": "This is wrong."}
    client.post(path, said | {"website": "https://spam.example"}, headers=PERSON)
    assert Dispute.objects.count() == 0
    answers = [client.post(path, said, headers=PERSON).status_code for _ in range(7)]
    assert answers == [302] * 5 + [422] * 2
    assert Dispute.objects.count() == 5

"""Keys, what they open, and the one operation that writes."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import ApiKey
from catalog.services.api_keys import create_key, revoke_key, used_key
from evaluation.models import Run
from matchgraph.models import Interaction, SearchEvent
from web.api import feedback as tickets
from web.api.feedback import VALID_FOR

pytestmark = pytest.mark.django_db
API = "/api/v1"
WORDS = "readable words on a poster"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64)"}


def bearer(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


def make_key(*scopes: str, **fields: Any) -> tuple[ApiKey, str]:
    return create_key("test", scopes=scopes or ("read",), **fields)


def test_only_the_digest_of_a_key_is_kept() -> None:
    key, text = make_key()
    row = json.dumps(list(ApiKey.objects.values()), default=str)
    assert text not in row
    assert text.removeprefix(key.prefix) not in row
    assert used_key(text) == key
    assert used_key(text[:-1]) is None
    assert used_key(key.digest) is None


def test_a_closed_key_opens_nothing(client: Client) -> None:
    revoked, revoked_text = make_key()
    assert revoke_key(revoked.prefix)
    assert not revoke_key(revoked.prefix)
    _, late_text = make_key(expires_at=timezone.now() - dt.timedelta(seconds=1))
    for text in (revoked_text, late_text, "unf_guessed", "\u00e9"):
        response = client.get(f"{API}/artifacts", headers=bearer(text))
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert text not in response.content.decode()


def test_a_key_has_limits_of_its_own_where_its_scopes_reach(client: Client) -> None:
    _, text = make_key("read")
    anonymous = client.get(f"{API}/suites")["RateLimit-Policy"]
    assert client.get(f"{API}/suites", headers=bearer(text))["RateLimit-Policy"] == '"read";q=1200;w=60'
    assert client.get(f"{API}/suites", headers={"x-api-key": text})["RateLimit"].startswith('"read";r=1198')
    _, other = make_key("export")
    assert client.get(f"{API}/suites", headers=bearer(other))["RateLimit-Policy"] == anonymous


def test_guessing_keys_is_limited_by_network(client: Client) -> None:
    statuses = {client.get(f"{API}/suites", headers=bearer(f"unf_{n}")).status_code for n in range(125)}
    assert statuses == {401, 429}


def test_the_last_use_is_written_now_and_then(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    key, text = make_key()
    with django_assert_num_queries(2):
        used_key(text)
    key.refresh_from_db()
    assert key.last_used_at is not None
    with django_assert_num_queries(1):
        used_key(text)


def test_the_command_shows_a_key_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("api_key", "create", "Acme", "--scope", "read", "--days", "30")
    text = capsys.readouterr().out.strip()
    key = used_key(text)
    assert key is not None
    call_command("api_key", "list")
    listed = capsys.readouterr().out
    assert key.prefix in listed
    assert text not in listed
    call_command("api_key", "revoke", key.prefix)
    assert used_key(text) is None
    with pytest.raises(CommandError, match="no valid key"):
        call_command("api_key", "revoke", key.prefix)


def resolve(client: Client, headers: dict[str, str]) -> Any:
    return json.loads(client.get(f"{API}/resolve", {"intent": WORDS}, headers=headers).content)


def send(client: Client, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
    return client.post(f"{API}/feedback", json.dumps(body), content_type="application/json", headers=headers)


def test_what_came_of_an_intent_counts_once(client: Client, catalogue: Run) -> None:
    _, text = make_key("feedback")
    resolved = resolve(client, bearer(text))
    best = resolved["recommendation"]["hit"]["artifact"]["slug"]
    body = {"token": resolved["feedback"]["token"], "artifact": best, "outcome": "helped"}
    answers = [send(client, body) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert Interaction.objects.get().kind == Interaction.Kind.SELECT
    assert send(client, {**body, "outcome": "not-this"}).status_code == 200
    assert Interaction.objects.get().kind == Interaction.Kind.REJECT


def test_a_key_is_one_visitor_a_day_and_programs_without_one_are_none(client: Client, catalogue: Run) -> None:
    _, text = make_key("feedback")
    _, reader = make_key("read")
    for _ in range(3):
        resolve(client, bearer(text))
    assert SearchEvent.objects.values("visitor").distinct().count() == 1
    for headers in ({"user-agent": "python-httpx/1"}, bearer(reader), {}):
        assert resolve(client, headers)["feedback"] is None
    assert SearchEvent.objects.count() == 3
    assert resolve(client, BROWSER)["feedback"] is not None


def test_feedback_without_a_right_to_it_is_refused(client: Client, catalogue: Run) -> None:
    _, text = make_key("feedback")
    _, reader = make_key("read")
    resolved = resolve(client, bearer(text))
    best = resolved["recommendation"]["hit"]["artifact"]["slug"]
    body = {"token": resolved["feedback"]["token"], "artifact": best, "outcome": "helped"}
    forged = body["token"][:-2] + ("aa" if not body["token"].endswith("aa") else "bb")
    assert send(client, {**body, "token": forged}).status_code == 403
    assert send(client, {**body, "token": "x"}).status_code == 403
    assert send(client, body, headers=bearer(reader)).status_code == 403
    assert send(client, {**body, "artifact": "newcomer"}).status_code == 404
    assert send(client, {**body, "outcome": "bought"}).status_code == 422
    assert send(client, {**body, "visitor": "me"}).status_code == 422
    assert client.post(f"{API}/feedback", body).status_code == 415
    assert send(client, {**body, "token": "x" * 2_000_000}).status_code == 413
    assert not Interaction.objects.exists()


def test_a_token_ends(client: Client, catalogue: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _, text = make_key("feedback")
    resolved = resolve(client, bearer(text))
    best = resolved["recommendation"]["hit"]["artifact"]["slug"]
    monkeypatch.setattr(tickets, "VALID_FOR", -VALID_FOR)
    body = {"token": resolved["feedback"]["token"], "artifact": best, "outcome": "helped"}
    assert send(client, body).status_code == 403


def test_the_answer_with_a_token_is_nobody_elses(client: Client, catalogue: Run) -> None:
    response = client.get(f"{API}/resolve", {"intent": WORDS}, headers=BROWSER)
    assert "private" in response["Cache-Control"]
    assert "Authorization" in response["Vary"]


def test_the_admin_closes_keys_and_cannot_make_or_read_them(admin_client: Client) -> None:
    key, text = make_key()
    page = admin_client.get("/admin/catalog/apikey/").content.decode()
    assert key.prefix in page
    for address in ("/admin/catalog/apikey/", f"/admin/catalog/apikey/{key.pk}/change/"):
        html = admin_client.get(address).content.decode()
        assert key.digest not in html
        assert text not in html
    assert admin_client.get("/admin/catalog/apikey/add/").status_code == 403
    admin_client.post("/admin/catalog/apikey/", {"action": "revoke", "_selected_action": [key.pk]})
    assert used_key(text) is None

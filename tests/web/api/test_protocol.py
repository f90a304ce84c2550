"""HTTP as its standards have it: problems, conditions, compression, CORS, limits."""

import gzip
import json
import re

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.models import BooleanField, Func, Value
from django.test import Client
from pytest_django import Settings

from catalog.models import Artifact
from evaluation.models import Run
from matchgraph.search.scope import scope_of
from web.api import limits
from web.api.limits import Policy
from web.api.problems import CONTENT_TYPE
from web.api.routes import methodology as methodology_routes
from web.statements import TooExpensiveError, limited_statements

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "artifacts/nobody", 404),
        ("GET", "no/such/thing", 404),
        ("GET", "runs/1", 404),
        ("GET", "runs/99999999999999999999", 422),
        ("GET", "runs/0", 422),
        ("GET", "suites/nothing", 404),
        ("GET", "suites/a/prompts/b", 404),
        ("GET", "artifacts/Not%20A%20Slug", 422),
        ("GET", "artifacts/%00", 422),
        ("GET", "artifacts?limit=0", 422),
        ("GET", "artifacts?limit=101", 422),
        ("GET", "artifacts?limit=many", 422),
        ("GET", "artifacts?after=%27%3BDROP+TABLE", 422),
        ("GET", "artifacts?kind=%00", 422),
        ("GET", "search", 422),
        ("GET", "search?q=", 422),
        ("DELETE", "artifacts", 405),
        ("PATCH", "artifacts/alpha", 405),
        ("POST", "artifacts", 415),
    ],
)
def test_every_error_is_a_problem(client: Client, method: str, path: str, status: int) -> None:
    response = client.generic(method, f"{API}/{path}")
    assert response.status_code == status
    assert response["Content-Type"] == CONTENT_TYPE
    assert response["Cache-Control"] == "no-store"
    problem = json.loads(response.content)
    assert problem["status"] == status
    assert problem["detail"]
    assert problem["type"] == f"/api/v1/docs#problem-{status}"
    if status == 405:
        assert response["Allow"] == "GET"
    if status == 422:
        assert problem["errors"][0]["message"]
        assert "DROP" not in response.content.decode()


def test_the_kinds_of_problem_are_explained_where_they_point_to(client: Client) -> None:
    html = client.get(f"{API}/docs").content.decode()
    for status in (404, 405, 422, 429, 500):
        assert f'id="problem-{status}"' in html
    assert not re.findall(
        r"<script(?! type=.application/ld.json)|<link[^>]+href=.https?://(?!testserver)", html
    )


def test_a_fault_of_ours_is_a_problem_without_details(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        message = "secret path /srv/app"
        raise RuntimeError(message)

    monkeypatch.setattr(methodology_routes, "methodology_page", broken)
    response = client.get(f"{API}/methodology")
    assert response.status_code == 500
    assert b"secret" not in response.content
    assert "secret path" in caplog.text


def test_a_slow_statement_is_cancelled(client: Client, catalogue: Run, settings: Settings) -> None:
    with pytest.raises(TooExpensiveError), limited_statements(50), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    with limited_statements(50):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_reading_a_scope_keeps_the_limit_too(catalogue: Run) -> None:
    slow = Func(Value(1), template="pg_sleep(%(expressions)s) IS NOT NULL", output_field=BooleanField())
    with pytest.raises(TooExpensiveError), limited_statements(50):
        scope_of(Artifact.objects.filter(slow))


def test_a_search_that_takes_too_long_is_a_problem(
    client: Client, catalogue: Run, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    def slow(*_args: object, **_options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    settings.SEARCH_STATEMENT_MS = 30
    monkeypatch.setattr("web.pages.search.search_graph", slow)
    for path in ("search?q=poster", "resolve?intent=poster"):
        response = client.get(f"{API}/{path}")
        assert response.status_code == 503
        assert response["Retry-After"] == "5"
    assert client.get("/search?q=poster").status_code == 503


def test_conditions_save_the_answer(client: Client, catalogue: Run) -> None:
    first = client.get(f"{API}/artifacts/gamma")
    again = client.get(f"{API}/artifacts/gamma", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content
    assert again["ETag"] == first["ETag"]
    assert again["Access-Control-Allow-Origin"] == "*"
    assert client.get(f"{API}/artifacts/beta", headers={"if-none-match": first["ETag"]}).status_code == 200
    assert client.get(f"{API}/artifacts/beta", headers={"if-match": first["ETag"]}).status_code == 412


def test_answers_are_compressed_for_who_asks(client: Client, catalogue: Run) -> None:
    plain = client.get(f"{API}/artifacts/gamma")
    packed = client.get(f"{API}/artifacts/gamma", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]
    again = client.get(
        f"{API}/artifacts/gamma", headers={"accept-encoding": "gzip", "if-none-match": packed["ETag"]}
    )
    assert again.status_code == 304


def test_head_says_what_get_would(client: Client, catalogue: Run) -> None:
    head, get = client.head(f"{API}/artifacts/gamma"), client.get(f"{API}/artifacts/gamma")
    assert head.status_code == 200
    assert not head.content
    assert head["ETag"] == get["ETag"]


def test_any_site_may_read_and_only_read(client: Client) -> None:
    preflight = client.options(f"{API}/artifacts", headers={"access-control-request-method": "GET"})
    assert preflight.status_code == 204
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert "POST" not in preflight["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in preflight
    assert client.get(f"{API}/artifacts")["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/")


def test_types_that_nobody_sends_are_refused(client: Client) -> None:
    for accept in ("text/csv", "image/png;q=1"):
        assert client.get(f"{API}/artifacts", headers={"accept": accept}).status_code == 406
    for accept in ("*/*", "application/*", "application/json;q=0.1, text/csv"):
        assert client.get(f"{API}/artifacts", headers={"accept": accept}).status_code == 200


@pytest.fixture
def _two_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READ", Policy("read", anonymous=2, keyed=4))
    monkeypatch.setattr("time.time", lambda: 1_800_000_010.0)


@pytest.mark.usefixtures("_two_a_minute")
def test_who_asks_too_often_waits(client: Client) -> None:
    first = client.get(f"{API}/suites")
    assert first["RateLimit-Policy"] == '"read";q=2;w=60'
    assert first["RateLimit"] == '"read";r=1;t=50'
    assert client.get(f"{API}/suites").status_code == 200
    refused = client.get(f"{API}/suites")
    assert refused.status_code == 429
    assert refused["Retry-After"] == "50"
    assert json.loads(refused.content)["status"] == 429
    # Another class of requests and another caller have counters of their own.
    assert client.get(f"{API}/search?q=poster").status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.9").get(f"{API}/suites").status_code == 200


@pytest.mark.usefixtures("_two_a_minute")
def test_a_made_up_forwarding_header_buys_nothing(client: Client, settings: Settings) -> None:
    for number in range(4):
        response = client.get(f"{API}/suites", headers={"x-forwarded-for": f"192.0.2.{number}"})
    assert response.status_code == 429
    settings.TRUSTED_PROXIES = 1
    forwarded = {"x-forwarded-for": "203.0.113.1, 198.51.100.7"}
    assert client.get(f"{API}/suites", headers=forwarded).status_code == 200
    other_lie = {"x-forwarded-for": "203.0.113.99, 198.51.100.7"}
    assert client.get(f"{API}/suites", headers=other_lie)["RateLimit"].startswith('"read";r=0')


@pytest.mark.usefixtures("_two_a_minute")
def test_lost_counters_close_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_args: object, **_options: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(caches["limits"], "add", away)
    assert [client.get(f"{API}/suites").status_code for _ in range(4)] == [200] * 4
    assert "not being counted" in caplog.text


def test_agents_are_told_where_to_read(client: Client, catalogue: Run) -> None:
    text = client.get("/llms.txt").content.decode()
    for address in re.findall(r"\]\(http://testserver([^)]+)\)", text):
        assert client.get(address).status_code == 200, address

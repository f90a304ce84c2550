"""Behind pgbouncer in transaction mode, and beside a copy that only public pages read.

A pooler gives each statement outside a transaction any session it has. The harshest one gives a new session
each time: here everything that a session remembers is thrown away after each such statement.
"""

from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from catalog.models import Artifact
from catalog.services.locks import process_lock
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact, make_capability
from web.replica import REPLICA, ReplicaRouter, replica_reads
from web.views.caching import public_page

pytestmark = pytest.mark.django_db(transaction=True)
KEY = 7_281_999


def forgetful(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature
    """Run a statement, then make its session a new one unless a transaction keeps it."""
    result = execute(sql, params, many, context)
    cursor = context["cursor"].cursor
    if not connection.in_atomic_block:
        # What was answered is on this side already; another cursor leaves it there.
        cursor.connection.execute("DISCARD ALL")
    return result


@pytest.fixture
def pooled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections as DATABASE_POOLED makes them, through that pooler."""
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    with connection.execute_wrapper(forgetful):
        yield


def test_this_pooler_does_forget(pooled: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1s'")
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/leaderboard/",
        "/artifact/alpha/",
        "/search?q=poster",
        "/api/v1/search?q=poster",
        "/sitemap-pages.xml",
    ],
)
def test_pages_and_searches_do_without_a_session(pooled: None, client: Client, path: str) -> None:
    make_adoption(make_artifact("alpha"))
    assert client.get(path).status_code == 200


def test_a_rank_is_computed_and_exported(pooled: None, client: Client) -> None:
    for slug in ("alpha", "beta"):
        make_capability(make_adoption(make_artifact(slug)).artifact)
    compute_rank(as_of=TODAY)
    for name in ("artifacts", "ranks", "inputs"):
        lines = client.get(f"/api/v1/export/{name}.ndjson").getvalue()
        assert lines.count(b"\n") == 2


def test_a_lock_between_processes_is_kept_and_let_go(pooled: None) -> None:
    with process_lock(KEY, waits=False) as is_ours:
        assert is_ours
        with process_lock(KEY, waits=False) as is_theirs:
            assert not is_theirs
    with process_lock(KEY, waits=True) as is_ours:
        assert is_ours


def test_a_lock_goes_with_the_connection_of_who_held_it() -> None:
    with process_lock(KEY, waits=False), psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [KEY]
        )
    with process_lock(KEY, waits=False) as is_ours:
        assert is_ours


def test_only_public_pages_read_the_copy_and_never_what_is_being_written() -> None:
    router = ReplicaRouter()
    assert router.db_for_read(Artifact) == "default"
    with replica_reads():
        assert router.db_for_read(Artifact) == REPLICA
        assert router.db_for_write(Artifact) == "default"
        with transaction.atomic():
            assert router.db_for_read(Artifact) == "default"
    assert router.db_for_read(Artifact) == "default"
    assert not router.allow_migrate(REPLICA, "catalog")


def test_a_copy_that_is_away_costs_nobody_a_page(settings: Settings, rf: RequestFactory) -> None:
    copied = {**django_settings.DATABASES, REPLICA: django_settings.DATABASES["default"]}
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(ReplicaRouter().db_for_read(Artifact))
        if seen[-1] == REPLICA:
            raise OperationalError("the copy is away")
        return HttpResponse("drawn")

    with mock.patch.object(django_settings, "DATABASES", copied):
        assert public_page(view)(rf.get("/")).content == b"drawn"
    assert seen == [REPLICA, "default"]

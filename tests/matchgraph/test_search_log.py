"""Writing searches down costs the visitor less than a millisecond and cannot fail them."""

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client

from matchgraph.models import Impression, SearchEvent
from matchgraph.search import search
from matchgraph.services import search_log as module
from matchgraph.services.build import build_matchgraph
from matchgraph.services.feedback import LoggedSearch, SearchRecord, ShownResult, record_of, write_searches
from matchgraph.services.search_log import SearchLog
from tests.builders import make_artifact, make_capability
from tests.matchgraph.conftest import CountingEmbedder

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


def record(*artifact_ids: int) -> SearchRecord:
    shown = [ShownResult(artifact_id, None) for artifact_id in artifact_ids]
    return record_of(LoggedSearch("anything", [], False, shown), visitor="ann")


def test_leaving_a_record_takes_less_than_a_millisecond() -> None:
    written: list[SearchRecord] = []
    log = SearchLog(written.extend)
    log.put(record(1))
    one = record(*range(20))
    took = []
    for _ in range(500):
        start = time.perf_counter()
        assert log.put(one)
        took.append(time.perf_counter() - start)
    assert sorted(took)[len(took) // 2] < 0.001
    assert log.flush(10)
    assert len(written) == 501


def test_a_full_queue_drops_and_says_so_but_never_waits(caplog: pytest.LogCaptureFixture) -> None:
    gate = threading.Event()

    def blocked(records: Sequence[SearchRecord]) -> None:
        gate.wait(10)

    log = SearchLog(blocked, most_waiting=3)
    put = [log.put(record(1)) for _ in range(300)]
    assert not put[-1]
    assert "not written down" in caplog.text
    gate.set()
    assert log.flush(10)


def test_one_bad_record_spoils_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    good, bad = record(1), record(2)
    written: list[SearchRecord] = []

    def write(records: Sequence[SearchRecord]) -> None:
        if bad in records:
            raise DatabaseError("no such artifact")
        written.extend(records)

    log = SearchLog(write)
    for each in (good, bad, good):
        log.put(each)
    assert log.flush(10)
    assert written.count(good) == 2
    assert "could not be written down" in caplog.text


def test_what_was_searched_during_an_outage_is_written_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.001)
    outages = iter([OperationalError("gone"), InterfaceError("closed"), OperationalError("starting up")])
    written: list[SearchRecord] = []

    def write(records: Sequence[SearchRecord]) -> None:
        if (outage := next(outages, None)) is not None:
            raise outage
        written.extend(records)

    log = SearchLog(write)
    only = record(1)
    log.put(only)
    assert log.flush(10)
    assert written == [only]


def test_the_thread_survives_whatever_happens() -> None:
    written: list[SearchRecord] = []
    outcomes = iter([RuntimeError("a mistake of ours"), None])

    def write(records: Sequence[SearchRecord]) -> None:
        if (outcome := next(outcomes)) is not None:
            raise outcome
        written.extend(records)

    log = SearchLog(write)
    log.put(record(1))
    assert log.flush(10)
    last = record(2)
    log.put(last)
    assert log.flush(10)
    assert written == [last]


@pytest.fixture
def beside(settings: Any) -> Iterator[SearchLog]:
    """The log as a site has it: a thread of its own with its own connection."""
    settings.SEARCH_LOG_IN_REQUEST = False

    def write(records: Sequence[SearchRecord]) -> None:
        try:
            write_searches(records)
        finally:
            connection.close()

    log = SearchLog(write)
    with mock.patch.object(module, "search_log", log):
        yield log


@pytest.mark.django_db(transaction=True)
def test_a_search_is_written_beside_the_request(
    client: Client, embedder: CountingEmbedder, beside: SearchLog
) -> None:
    artifact = make_artifact("eraser")
    make_capability(artifact, "Inpainting", intents=["remove a person"])
    build_matchgraph(embedder)
    page = search("remove a person", visitor="ann")
    assert beside.flush(10)
    event = SearchEvent.objects.get()
    assert (event.pk, event.query) == (page.event_id, "remove a person")
    assert Impression.objects.get().artifact == artifact


@pytest.mark.django_db(transaction=True)
def test_with_queue_and_log_down_the_visitor_is_answered(
    client: Client, embedder: CountingEmbedder, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody listens at the broker, and nothing can be written: the page is the same."""
    make_capability(make_artifact("eraser"), "Inpainting", intents=["remove a person"])
    build_matchgraph(embedder)
    settings.SEARCH_LOG_IN_REQUEST = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    def fail(records: Sequence[SearchRecord]) -> None:
        raise OperationalError("the database does not take writes")

    log = SearchLog(fail)
    with mock.patch.object(module, "search_log", log), mock.patch.object(module, "OUTAGE_S", -1.0):
        response = client.get("/search", {"q": "remove a person"}, headers=BROWSER)
        assert log.flush(10)
    assert response.status_code == 200
    assert "Eraser" in response.content.decode()
    assert not SearchEvent.objects.exists()
    assert "could not be written down" in caplog.text


@pytest.mark.django_db
def test_the_same_record_twice_is_one_search() -> None:
    one = record(make_artifact("eraser").pk)
    for _ in range(2):
        write_searches([one])
    assert SearchEvent.objects.get().created_at == one.created_at
    assert Impression.objects.count() == 1

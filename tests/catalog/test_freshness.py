"""A source that fails leaves what it said in place, and is known to be stale."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Fact, IngestRun
from catalog.selectors import source_standings
from catalog.services.ingest import ingest_source
from catalog.sources.base import Source
from tests.builders import make_artifact, make_fact
from tests.catalog.sources.server import Answer, SourceServer

pytestmark = pytest.mark.django_db


def make_run(source: str, state: str, *, days_ago: float, error: str = "") -> IngestRun:
    """Make a finished run."""
    at = timezone.now() - dt.timedelta(days=days_ago)
    return IngestRun.objects.create(source=source, state=state, started_at=at, finished_at=at, error=error)


def test_a_source_is_stale_when_it_failed_or_fell_behind() -> None:
    make_run("github", "done", days_ago=1)
    make_run("pypi", "done", days_ago=9)
    make_run("openrouter", "done", days_ago=2)
    make_run("openrouter", "failed", days_ago=0, error="HTTP 500, 4 attempts")
    make_run("huggingface", "paused", days_ago=0)
    with CaptureQueriesContext(connection) as queries:
        found = source_standings()
    assert len(queries) == 1
    assert {source.value: row.is_stale for source, row in found.items()} == {
        "github": False,
        "pypi": True,
        "openrouter": True,
        "huggingface": True,
    }
    assert found[Source.OPENROUTER].error == "HTTP 500, 4 attempts"
    assert found[Source.OPENROUTER].read_at is not None
    assert found[Source.HUGGINGFACE].read_at is None


def test_a_failing_source_leaves_yesterdays_facts(sources: SourceServer) -> None:
    artifact = make_artifact("painter", router_id="acme/painter")
    fact = make_fact(artifact, "context_length", 4096)
    sources.say("/openrouter/models", Answer(status=500))
    ingest_source(Source.OPENROUTER, sleep=lambda _: None)
    assert source_standings()[Source.OPENROUTER].is_stale
    assert Fact.objects.get() == fact

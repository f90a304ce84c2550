"""Runs that are killed, paused, limited or met by another; the command and the task around them."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Artifact, IngestRun, Offer, SourceCheck, SourceRecord
from catalog.services import ingest as ingest_module
from catalog.services.ingest import Options, batches, ingest_source
from catalog.services.ingest_runs import IngestBusyError, due_sources
from catalog.services.load import load_catalogue
from catalog.sources import CONNECTORS
from catalog.sources.base import Page, Record, Source, SourceError
from catalog.tasks import ingest as ingest_task
from catalog.tasks import keep_house, refresh_sources
from tests.builders import make_adoption, make_artifact
from tests.catalog.sources.payloads import hub_model, router_model
from tests.catalog.sources.server import Answer, Asked, SourceServer

pytestmark = pytest.mark.django_db

HUB = "/huggingface/api/models"


@pytest.fixture
def many(sources: SourceServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> SourceServer:
    """Six publishers with a model each; a batch is one record."""
    monkeypatch.setattr(ingest_module, "BATCH_RECORDS", 1)
    settings.INGEST_MAX_CARDS = 0
    for number in range(6):
        make_artifact(f"p-{number}", hub_id=f"acme-{number}/model")
    sources.route(HUB, lambda asked: Answer([hub_model(f"{asked.query['author'][0]}/model")]))
    return sources


def ingest(source: Source = Source.HUGGINGFACE, **options: Any) -> IngestRun:
    """Read a source without waiting."""
    return ingest_source(source, Options(**options), sleep=lambda _seconds: None).run


def asked_authors(server: SourceServer) -> list[str]:
    """Return the publishers asked for, and forget them."""
    authors = [asked.query["author"][0] for asked in server.asked if "author" in asked.query]
    server.asked.clear()
    return authors


def kill_after(records: int) -> Any:
    """Return a progress callback that ends the process in the middle."""

    def progress(run: IngestRun) -> None:
        if run.record_count >= records:
            raise KeyboardInterrupt

    return progress


def test_a_killed_run_goes_on_where_it_stopped(many: SourceServer) -> None:
    with pytest.raises(KeyboardInterrupt):
        ingest_source(Source.HUGGINGFACE, on_progress=kill_after(3))
    killed = IngestRun.objects.get()
    assert (killed.state, killed.cursor, SourceRecord.objects.count()) == ("running", "acme-2", 3)
    asked_authors(many)
    run = ingest()
    assert asked_authors(many) == ["acme-3", "acme-4", "acme-5"]
    assert (run.pk, run.state, run.record_count, run.cursor) == (killed.pk, "done", 6, "")
    assert ingest().pk != killed.pk


def test_a_spent_budget_pauses_and_the_next_run_goes_on(many: SourceServer, settings: Settings) -> None:
    settings.INGEST_MAX_REQUESTS = 4
    run = ingest()
    assert (run.state, run.cursor, run.error) == ("paused", "acme-3", "budget spent: 4 requests")
    run = ingest()
    assert (run.state, run.record_count, run.request_count) == ("done", 6, 6)


def test_a_source_that_breaks_down_is_gone_on_with(many: SourceServer) -> None:
    def answer(asked: Asked) -> Answer:
        author = asked.query["author"][0]
        is_down = down and author >= "acme-1"
        return Answer(status=503) if is_down else Answer([hub_model(f"{author}/model")])

    down = True
    many.route(HUB, answer)
    run = ingest()
    assert (run.state, run.record_count, run.refusal_count) == ("failed", 1, 4)
    down = False
    many.asked.clear()
    run = ingest()
    assert (run.state, SourceRecord.objects.count()) == ("done", 2)
    assert asked_authors(many) == ["acme-5"]
    assert ingest().record_count == 6, "those that were refused have their turn again"


@pytest.mark.parametrize("change", [{"started_at": -1}, {"since": dt.date(2026, 1, 1)}])
def test_an_old_cursor_or_one_of_another_question_is_not_used(
    many: SourceServer, change: dict[str, Any]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        ingest_source(Source.HUGGINGFACE, on_progress=kill_after(3))
    if "started_at" in change:
        change = {"started_at": timezone.now() - dt.timedelta(days=2)}
    IngestRun.objects.update(**change)
    asked_authors(many)
    run = ingest()
    assert (run.record_count, len(asked_authors(many))) == (6, 6)
    killed = IngestRun.objects.exclude(pk=run.pk).get()
    assert (killed.state, killed.error) == ("failed", "The process ended before the run did.")


def test_a_fault_of_our_own_is_recorded_and_raised(many: SourceServer) -> None:
    def fault(_run: IngestRun) -> None:
        raise ZeroDivisionError("a fault")

    with pytest.raises(ZeroDivisionError):
        ingest_source(Source.HUGGINGFACE, on_progress=fault)
    assert IngestRun.objects.get().error == "ZeroDivisionError: a fault"


def test_a_batch_read_before_a_failure_is_not_lost() -> None:
    def pages() -> Iterator[Page]:
        yield Page(records=(Record("a", "https://a", "A", {}),), cursor="a")
        raise SourceError("down")

    held = batches(pages())
    assert next(held).cursor == "a"
    with pytest.raises(SourceError):
        next(held)


@pytest.fixture
def elsewhere() -> Iterator[None]:
    """Let another process hold the Hub's lock."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    with psycopg.connect(**parameters) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [crc32(b"ingest:huggingface")])
        yield


def test_two_processes_do_not_read_one_source(many: SourceServer, elsewhere: None) -> None:
    with pytest.raises(IngestBusyError, match="huggingface is being read"):
        ingest()
    with pytest.raises(CommandError, match="huggingface is being read"):
        call_command("ingest", "huggingface")
    ingest_task("huggingface")
    assert not IngestRun.objects.exists()


def test_the_command_reports(many: SourceServer, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ingest", "huggingface")
    assert "huggingface: 6 records (0 unchanged); 30 facts, 12 counts" in capsys.readouterr().out
    call_command("ingest", "huggingface", "--dry-run")
    assert "6 records (6 unchanged); 0 facts" in capsys.readouterr().out


def test_the_command_fails_with_one_line(many: SourceServer, capsys: pytest.CaptureFixture[str]) -> None:
    many.say(HUB, Answer({"error": "maintenance"}))
    with pytest.raises(CommandError, match="huggingface failed: the list of models is not a list"):
        call_command("ingest", "huggingface")


@pytest.mark.parametrize(
    "arguments",
    [["nowhere"], ["pypi", "--limit", "0"], ["pypi", "--since", "yesterday"], []],
)
def test_the_command_refuses_bad_input(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("ingest", *arguments)


def test_the_task_reads_and_keeps_quiet_about_a_failing_source(many: SourceServer) -> None:
    ingest_task("huggingface")
    assert IngestRun.objects.get().state == "done"
    ingest_task("openrouter")
    assert IngestRun.objects.get(source="openrouter").state == "failed"


def make_ended(source: Source, state: str, *, hours_ago: float) -> None:
    """Make a run that ended so."""
    at = timezone.now() - dt.timedelta(hours=hours_ago)
    IngestRun.objects.create(source=source.value, state=state, started_at=at, finished_at=at)


def test_a_source_is_due_by_the_day_by_the_hour_where_it_paused_and_later_where_it_failed() -> None:
    make_ended(Source.OPENROUTER, "done", hours_ago=12)
    make_ended(Source.HUGGINGFACE, "paused", hours_ago=1)
    make_ended(Source.GITHUB, "failed", hours_ago=3)
    make_ended(Source.PYPI, "failed", hours_ago=30)
    make_ended(Source.PYPI, "done", hours_ago=21)
    assert not {Source.OPENROUTER, Source.GITHUB} & set(due_sources())
    assert {Source.HUGGINGFACE, Source.PYPI} <= set(due_sources())


def test_the_schedule_reads_what_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = {entry["task"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()}
    assert {refresh_sources.name, keep_house.name} <= schedule
    asked: list[str] = []
    monkeypatch.setattr(ingest_task, "delay", asked.append)
    make_ended(Source.OPENROUTER, "done", hours_ago=1)
    refresh_sources()
    # One of them tells strangers nothing, and there is no token for it here.
    due = [source for source in Source if not CONNECTORS[source].needs_token]
    assert asked == [source.value for source in due if source is not Source.OPENROUTER]


def test_what_is_popular_and_was_long_unread_is_asked_for_first(many: SourceServer) -> None:
    famous = Artifact.objects.get(slug="p-4")
    make_adoption(famous, value=2_000_000)
    ingest()
    assert asked_authors(many)[0] == "acme-4"
    day = dt.timedelta(days=1)
    SourceCheck.objects.filter(subject="acme-2/model").update(tried_at=timezone.now() - 30 * day)
    SourceCheck.objects.filter(subject="acme-4/model").update(tried_at=timezone.now() - 3 * day)
    ingest()
    assert asked_authors(many)[:2] == ["acme-2", "acme-4"]


def test_loading_the_catalogue_again_keeps_what_was_ingested(sources: SourceServer, tmp_path: Path) -> None:
    load_catalogue([django_settings.CATALOGUE_DIR])
    sources.say("/openrouter/models", Answer({"data": [router_model("openai/gpt-5.4-image-2")]}))
    ingest(Source.OPENROUTER)
    ingested = set(Offer.objects.exclude(source__payload_digest="").values_list("pk", flat=True))
    # As if the files had been written on the day of the reading.
    for offer in Offer.objects.filter(source__payload_digest="", provider="OpenRouter"):
        Offer.objects.filter(pk__in=ingested, plan=offer.plan, unit=offer.unit).update(as_of=offer.as_of)
    Artifact.objects.update(content_digest="")
    load_catalogue([django_settings.CATALOGUE_DIR])
    assert set(Offer.objects.exclude(source__payload_digest="").values_list("pk", flat=True)) == ingested

"""What operators see: health, readiness, metrics, the log."""

import io
import json
import logging.config
import sys
from collections.abc import Iterator
from datetime import timedelta
from unittest import mock

import pytest
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from config.logs import logging_config
from evaluation.models import Run, Sample
from tests.builders import make_artifact
from tests.web.measured import make_run, make_suite

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-operator"  # noqa: S105 - opens nothing


def test_health_needs_nothing(client: Client) -> None:
    with mock.patch.object(connection, "cursor", side_effect=DatabaseError):
        assert client.get("/healthz").content == b"ok\n"


def test_without_a_database_no_request_should_come_here(client: Client) -> None:
    with mock.patch.object(connection, "cursor", side_effect=DatabaseError):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "problems": ["database unreachable"]}


def test_without_a_broker_pages_are_still_shown(client: Client) -> None:
    with mock.patch("config.broker.queue_lengths", side_effect=OSError):
        response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert "broker unreachable" in response.json()["problems"]


def test_a_state_that_takes_too_long_to_read_takes_no_page_away(client: Client) -> None:
    with mock.patch("web.views.health.readiness", side_effect=OperationalError("statement timeout")):
        response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["problems"] == ["the database took too long to say how things stand"]


def test_a_probe_asks_for_little_whatever_has_to_be_counted_for_prometheus(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        client.get("/readyz")


def test_an_evaluation_that_waits_too_long_is_named(client: Client, settings: Settings) -> None:
    settings.ALARM_RUN_AGE_S = 3_600
    run = make_run(make_artifact(), make_suite(n_prompts=1), [0.5])
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.RUNNING, finished_at=None, created_at=timezone.now() - timedelta(hours=5)
    )
    assert "an evaluation has been waiting for 5 hours" in client.get("/readyz").json()["problems"]


def test_a_queue_that_stands_still_is_named_and_one_that_moves_is_not(
    client: Client, settings: Settings
) -> None:
    settings.ALARM_QUEUE_AGE_S = 600
    run = make_run(make_artifact(), make_suite(n_prompts=2), [0.5, 0.5])
    long_ago = timezone.now() - timedelta(hours=1)
    Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING, finished_at=None, created_at=long_ago)
    Sample.objects.filter(run=run).update(ended_at=timezone.now() - timedelta(minutes=20))
    problem = "no picture has come to an end for 20 minutes, and some are open"
    assert problem in client.get("/readyz").json()["problems"]
    Sample.objects.filter(pk=run.samples.all()[0].pk).update(ended_at=timezone.now())
    assert problem not in client.get("/readyz").json()["problems"]


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer ü"}])
def test_metrics_exist_only_for_the_bearer_of_the_token(
    client: Client, settings: Settings, headers: dict[str, str]
) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers=headers).status_code == 404


def test_no_token_means_no_metrics(client: Client) -> None:
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_metrics_count_requests_by_route_and_state_what_waits(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    client.get("/artifact/nobody-knows-this/")
    client.generic("BREW", "/healthz")
    with mock.patch("config.broker.queue_lengths", return_value={"generate": 3}):
        text = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    counted = {
        (s.labels["route"], s.labels["status"])
        for s in samples
        if s.name == "unfragile_request_seconds_count" and s.value >= 1
    }
    assert ("artifact/<slug:slug>/", "404") in counted
    assert "nobody-knows-this" not in text
    assert "BREW" not in text
    gauges = {s.name: s.value for s in samples}
    assert 0 < gauges["unfragile_database_connections"] <= gauges["unfragile_database_connections_most"]
    assert {s.labels["queue"]: s.value for s in samples if s.name == "unfragile_queue_messages"} == {
        "generate": 3
    }


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Lines as production writes them."""
    stream = io.StringIO()
    formatter = logging.config.DictConfigurator(logging_config("json", level="INFO")).configure_formatter(
        logging_config("json", level="INFO")["formatters"]["json"]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def test_a_request_is_one_line_without_address_or_query(client: Client, log: io.StringIO) -> None:
    response = client.get("/healthz", {"q": "a private wish"}, REMOTE_ADDR="203.0.113.9")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    [line] = [line for line in lines if line.get("event") == "request"]
    assert (line["route"], line["status"], line["request_id"]) == ("healthz", 200, response["X-Request-ID"])
    assert "private" not in log.getvalue()
    assert "203.0.113.9" not in log.getvalue()


def test_no_text_from_outside_begins_a_line_of_its_own(log: io.StringIO) -> None:
    logging.getLogger("somewhere").warning("bad name %s", "x\n2026-01-01 [error] forged")
    structlog.get_logger("elsewhere").warning("bad", name="y\nforged")
    assert len(log.getvalue().splitlines()) == 2


def test_a_terminal_gets_one_line_too() -> None:
    config = logging_config("console", level="INFO")
    formatter = logging.config.DictConfigurator(config).configure_formatter(config["formatters"]["console"])
    record = logging.LogRecord("name", logging.WARNING, "", 0, "two\r\nlines", None, None)
    assert len(formatter.format(record).splitlines()) == 1


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT is 'xml'"):
        logging_config("xml", level="INFO")


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_no_values(form: str) -> None:
    config = logging_config(form, level="INFO")
    formatter = logging.config.DictConfigurator(config).configure_formatter(config["formatters"][form])
    secret = b"of somebody".decode()
    try:
        int(secret[:2])
    except ValueError:
        record = logging.LogRecord("name", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    text = formatter.format(record)
    assert "ValueError: invalid literal" in text
    assert secret not in text

"""Schemathesis over the whole document: every operation, valid and invalid values, and chains of calls."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.openapi import from_wsgi
from schemathesis.schemas import BaseSchema

from evaluation.models import Run
from web.api import middleware
from web.api.limits import Policy

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BOUNDED = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def schema(catalogue: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[BaseSchema]:
    """The document as the site serves it, with limits that made-up requests do not reach."""
    plenty = Policy("plenty", anonymous=10**9, keyed=10**9)
    monkeypatch.setattr(middleware, "policy_of", lambda _operation: plenty)
    # The test's transaction lives on this connection, as with Django's own test client.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield from_wsgi("/api/v1/openapi.json", uncompressed)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def uncompressed(environ: dict[str, Any], start_response: Any) -> Any:
    """The site for a client that cannot unpack: Schemathesis says that it can, and leaves it packed."""
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    return get_wsgi_application()(environ, start_response)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_keeps_its_promise(schema: BaseSchema, mode: GenerationMode) -> None:
    checked, everything = set(), set()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        everything.add(operation.label)
        has_input = bool(operation.query or operation.path_parameters or operation.body)
        if mode == GenerationMode.NEGATIVE and not has_input:
            continue

        @given(operation.as_strategy(generation_mode=mode))
        @BOUNDED
        def keeps_it(case: Case[Any]) -> None:
            case.call_and_validate()

        keeps_it()
        checked.add(operation.label)
    assert len(checked) >= 23 if mode == GenerationMode.NEGATIVE else checked == everything


def test_chains_of_calls_keep_their_promise(schema: BaseSchema) -> None:
    """What a list names can be fetched: the document's links say how."""
    machine = schema.as_state_machine()
    machine.run(settings=settings(BOUNDED, stateful_step_count=4))

"""The log of a task leads back to the request that it came of."""

import pytest
import structlog

from catalog.tasks import keep_house
from config.celery import forget_the_task, name_the_task, send_the_request_along


def test_a_tasks_lines_name_the_task_and_its_request() -> None:
    headers: dict[str, str] = {}
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        send_the_request_along(headers=headers)
    assert headers == {"request_id": "abc"}
    # A worker hands a message's headers to the task as its request.
    keep_house.push_request(headers)
    try:
        name_the_task(task_id="t1", task=keep_house)
    finally:
        keep_house.pop_request()
    named = structlog.contextvars.get_contextvars()
    assert (named["task_id"], named["task"], named["request_id"]) == ("t1", keep_house.name, "abc")
    forget_the_task()
    assert not {"task_id", "task", "request_id"} & structlog.contextvars.get_contextvars().keys()


@pytest.mark.parametrize("headers", [{}, {"request_id": None}])
def test_a_task_of_nobodys_request_names_none(headers: dict[str, str | None]) -> None:
    send_the_request_along(headers={})
    keep_house.push_request(headers)
    try:
        name_the_task(task_id="t2", task=keep_house)
    finally:
        keep_house.pop_request()
    assert "request_id" not in structlog.contextvars.get_contextvars()
    forget_the_task()

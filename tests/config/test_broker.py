from typing import Any

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from config import celery_app
from config.broker import empty, queue_lengths, return_unacknowledged
from tests.servers import Worker


def put(queue: str, body: str) -> None:
    with celery_app.connection_for_write() as connection, connection.SimpleQueue(queue) as simple:
        simple.put(body)


def take_and_die(queue: str) -> Any:
    """Take a message as a worker does that is killed before it acknowledges."""
    with celery_app.connection_for_write() as connection:
        channel = connection.default_channel
        channel.qos.restore_at_shutdown = False
        message = channel.basic_get(queue)
        channel.qos._delivered.clear()
        return message


def take(queue: str) -> Any:
    with celery_app.connection_for_write() as connection:
        return connection.default_channel.basic_get(queue, no_ack=True)


@pytest.mark.usefixtures("servers")
def test_the_message_of_a_dead_worker_returns_at_once() -> None:
    empty(celery_app)
    put("generate", "work")
    assert take_and_die("generate").payload == "work"
    assert take("generate") is None
    return_unacknowledged(celery_app)
    assert take("generate").payload == "work"
    assert take("generate") is None


@pytest.mark.usefixtures("servers")
def test_emptying_takes_waiting_and_unacknowledged_messages() -> None:
    put("read", "waiting")
    put("read", "taken")
    take_and_die("read")
    empty(celery_app)
    assert take("read") is None
    return_unacknowledged(celery_app)
    assert take("read") is None


@pytest.mark.usefixtures("servers")
def test_waiting_messages_are_counted_by_queue() -> None:
    empty(celery_app)
    put("read", "one")
    put("read", "two")
    assert queue_lengths(celery_app) == {"generate": 0, "read": 2, "score": 0, "default": 0}
    empty(celery_app)


def test_a_broker_that_is_away_is_noticed_within_seconds() -> None:
    away = Celery("away", broker="redis://127.0.0.1:1/0")
    with pytest.raises(OperationalError):
        queue_lengths(away)


@pytest.mark.slow
def test_the_worker_process_listens_dies_and_listens_again(worker: Worker) -> None:
    assert celery_app.control.ping(timeout=5, limit=1)
    worker.kill()
    assert not celery_app.control.ping(timeout=0.5, limit=1)
    worker.start()
    assert celery_app.control.ping(timeout=5, limit=1)

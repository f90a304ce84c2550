"""What Celery does not do by itself with its queues."""

from typing import Any

from celery import Celery

QUEUES = ("generate", "read", "score", "default")


def return_unacknowledged(app: Celery) -> None:
    """Put the messages of dead workers back into their queues now.

    Celery itself waits for the visibility timeout, because it cannot know that a worker is dead. Call
    this only where no worker is alive; a message that is delivered twice does no harm.
    """
    with app.connection_for_write(transport_options={"visibility_timeout": 0}) as connection:
        _channel(connection).qos.restore_visible(num=None)


def empty(app: Celery) -> None:
    """Throw away every message: for tests that start afresh."""
    return_unacknowledged(app)
    with app.connection_for_write() as connection:
        for queue in QUEUES:
            _channel(connection).queue_purge(queue)


def _channel(connection: Any) -> Any:
    return connection.default_channel

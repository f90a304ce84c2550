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


def queue_lengths(app: Celery) -> dict[str, int]:
    """Return how many messages wait in each queue; raises OperationalError where no broker answers.

    Waits a second at most: somebody is waiting for the page that asks.
    """
    limits = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}
    with app.connection_for_read(transport_options=limits) as connection:
        connection.ensure_connection(max_retries=1, timeout=1)
        channel = _channel(connection)
        return {
            queue: channel.queue_declare(queue, durable=True, auto_delete=False).message_count
            for queue in QUEUES
        }


def empty(app: Celery) -> None:
    """Throw away every message: for tests that start afresh."""
    return_unacknowledged(app)
    with app.connection_for_write() as connection:
        for queue in QUEUES:
            _channel(connection).queue_purge(queue)


def _channel(connection: Any) -> Any:
    return connection.default_channel

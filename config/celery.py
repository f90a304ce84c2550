"""The Celery application; its settings are the ``CELERY_*`` names of the Django settings."""

import os
from typing import Any

import structlog
from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("unfragile")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**_kwargs: Any) -> None:
    """Stop Celery from replacing the logging that Django's settings set up: this being connected is enough."""


@signals.before_task_publish.connect
def send_the_request_along(headers: dict[str, Any], **_kwargs: Any) -> None:
    """A message says which request it came of."""
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        headers["request_id"] = request_id


@signals.task_prerun.connect
def name_the_task(task_id: str, task: Any, **_kwargs: Any) -> None:
    """Every line that is logged on a task's behalf says which task it was, and what request it came of."""
    names = {"task_id": task_id, "task": task.name, "request_id": task.request.get("request_id")}
    structlog.contextvars.bind_contextvars(**{name: value for name, value in names.items() if value})


@signals.task_postrun.connect
def forget_the_task(**_kwargs: Any) -> None:
    """The process goes on to another task."""
    structlog.contextvars.unbind_contextvars("task_id", "task", "request_id")

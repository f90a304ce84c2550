"""Logging: one structured line per event, with the request or the task that it belongs to.

Values are written as JSON, or as Python literals on a terminal, so that no text from outside can begin
a line of its own.
"""

from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured

FORMATS = ("console", "json")

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_config(form: str, *, level: str) -> dict[str, Any]:
    """Configure structlog and return Django's ``LOGGING``: ours and every library's lines alike.

    ``form`` is "json" for collectors of logs and "console" for people.
    """
    if form not in FORMATS:
        raise ImproperlyConfigured(f"LOG_FORMAT is {form!r}; it can be {' or '.join(FORMATS)}")
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            form: {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_last_steps(form),
                ],
                "foreign_pre_chain": [*_SHARED, structlog.stdlib.ExtraAdder()],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form}},
        "loggers": {
            # One line for each request of a connector would bury everything else.
            "httpx": {"level": "WARNING"},
            # Our own line about each request says the same, and more.
            "django.request": {"level": "ERROR"},
        },
        "root": {"handlers": ["console"], "level": level},
    }


def _last_steps(form: str) -> list[Any]:
    if form == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # The default draws tracebacks with every local value: slow, and values do not belong into a log.
    plain = structlog.dev.plain_traceback
    return [_one_line, structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]


def _one_line(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Escape line breaks in the event itself; ``ConsoleRenderer`` writes every other value as a literal."""
    text = str(event.get("event", ""))
    event["event"] = text.replace("\r", "\\r").replace("\n", "\\n")
    return event

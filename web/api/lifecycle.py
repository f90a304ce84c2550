"""Operations on their way out: since when, until when, and what takes their place."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import http_date

P = ParamSpec("P")
R = TypeVar("R")
Operation = Callable[Concatenate[HttpRequest, P], R]
POLICY = "versions"


@dataclass(frozen=True)
class Deprecation:
    """An operation that has a successor: deprecated ``since`` a day, answered until the day of its ``sunset``."""

    since: dt.date
    sunset: dt.date
    # The URL name of what to call instead.
    successor: str

    @property
    def headers(self) -> dict[str, str]:
        """Return the fields of RFC 9745 and RFC 8594, with links to the successor and to the policy."""
        policy = f"{reverse('api-1:openapi-view')}#{POLICY}"
        return {
            "Deprecation": f"@{_timestamp(self.since)}",
            "Sunset": http_date(_timestamp(self.sunset)),
            "Link": (
                f'<{reverse(self.successor)}>; rel="successor-version", '
                f'<{policy}>; rel="deprecation"; type="text/html", <{policy}>; rel="sunset"; type="text/html"'
            ),
        }


def _timestamp(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC).timestamp())


def deprecated(notice: Deprecation) -> Callable[[Operation[P, R]], Operation[P, R]]:
    """Let every answer of an operation, problems included, say that it is on its way out."""

    def noted(operation: Operation[P, R]) -> Operation[P, R]:
        @wraps(operation)
        def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            request.deprecation = notice  # type: ignore[attr-defined]
            return operation(request, *args, **kwargs)

        return answered

    return noted


def deprecation_headers(request: HttpRequest) -> dict[str, str]:
    """Return what the answer to a request has to say of its operation's end; nothing for the others."""
    notice: Deprecation | None = getattr(request, "deprecation", None)
    return notice.headers if notice else {}

"""Every error of the API in one form: RFC 9457 problem details."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
# What to do about it, by status: the one place where the words stand.
ADVICE: dict[int, str] = {
    400: "The request could not be read. Check the URL and the headers.",
    401: "The API key is unknown, revoked or expired. Reading needs no key: leave the header out.",
    403: "The API key may not do this: its scopes, or the token sent with it, do not reach so far.",
    404: "There is nothing under this address. The document at /api/v1/openapi.json lists what there is.",
    405: "This address does not take that method; the Allow header names those it takes.",
    406: "This address answers with the types named below; change the Accept header.",
    409: "The published ranks are of another snapshot than the export that is to be gone on with.",
    410: "What was here is no longer kept; the detail names what took its place.",
    412: "What you hold is not what is here any more: fetch it again.",
    413: "The body is larger than this address reads.",
    415: "The body must be JSON: send Content-Type: application/json.",
    416: "The part that was asked for lies behind the end of the file.",
    422: "A parameter is not as the schema asks; `errors` names each.",
    429: "Too many requests. Retry-After says in how many seconds to come back.",
    500: "Something broke here, not there. It has been logged.",
    503: "The answer took too long or a server is away. Try again later, or ask for less.",
}


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 - RFC 9457's own word
    """An error on its way out of an operation; ``detail`` says what is wrong with this request."""

    status: int
    detail: str = ""
    errors: Sequence[Mapping[str, Any]] = ()
    headers: Mapping[str, str] | None = None


def problem_type(status: int) -> str:
    """Return the URI reference that explains a kind of problem."""
    return f"{reverse('api-1:openapi-view')}#problem-{status}"


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return a problem as the client reads it; errors are never cached."""
    content: dict[str, Any] = {
        "type": problem_type(problem.status),
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail or ADVICE.get(problem.status, HTTPStatus(problem.status).description),
        "instance": quote(request.path),
    }
    if problem.errors:
        content["errors"] = list(problem.errors)
    response = HttpResponse(json.dumps(content), status=problem.status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    for name, value in (problem.headers or {}).items():
        response[name] = value
    return response


def field_errors(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return validation errors as a client can use them: where, what; never what was sent.

    >>> field_errors([{"loc": ("query", "limit"), "msg": "Input should be a valid integer", "type": "x"}])
    [{'in': 'query', 'field': 'limit', 'message': 'Input should be a valid integer'}]
    """
    return [
        {
            "in": str(error["loc"][0]),
            "field": ".".join(str(part) for part in error["loc"][1:]),
            "message": str(error["msg"]),
        }
        for error in errors
    ]

"""What visitors get while the database is away or gives up: 503 with the time to come back, never a 500."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from web.api.limits import Allowance
from web.api.middleware import AGENTS, PREFIX
from web.api.problems import Problem, problem_response
from web.outage import AWAY, RETRY_AFTER_S


def unavailable(request: HttpRequest) -> HttpResponse:
    """Return 503 as the caller reads it: a page, or the API's own form of error."""
    if request.path.startswith((PREFIX, AGENTS)):
        return problem_response(request, Problem(503, headers={"Retry-After": str(RETRY_AFTER_S)}))
    response = render(request, "503.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER_S)
    response["Cache-Control"] = "no-store"
    return response


def too_many(request: HttpRequest, allowance: Allowance) -> HttpResponse:
    """Return 429 with the time at which this network may ask again."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(allowance.reset_s)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what no view has caught, wherever it was raised: Django calls this inside its own `except`."""
    if isinstance(sys.exception(), AWAY):
        return unavailable(request)
    if request.path.startswith(PREFIX):
        return problem_response(request, Problem(500))
    return render(request, "500.html", status=500)

"""One line in the log and one measurement for every request."""

import time
import uuid
from collections.abc import Callable
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse
from prometheus_client import Histogram

REQUEST_SECONDS: Final = Histogram(
    "unfragile_request_seconds",
    "Time to answer, by route and status.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

logger = structlog.get_logger(__name__)


class RequestRecord:
    """Name each request, time it, and write it down by its route.

    Neither the visitor's address nor the query is written: they would say who searched for what. The
    route stands for the path, so that nobody can fill the metrics with paths of their own making.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and record the answer; the request's name goes out as ``X-Request-ID``."""
        request_id = uuid.uuid4().hex
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            method = request.method if request.method in METHODS else "other"
            route = request.resolver_match.route if request.resolver_match else "none"
            REQUEST_SECONDS.labels(method, route, response.status_code).observe(seconds)
            log = logger.error if response.status_code >= 500 else logger.info
            log(
                "request", method=method, route=route, status=response.status_code, ms=round(1e3 * seconds, 1)
            )
        response["X-Request-ID"] = request_id
        return response

"""What a load balancer, an alarm and Prometheus ask."""

import logging
import secrets
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from web.operations.metrics import CONTENT_TYPE, exposition
from web.operations.state import Readiness, database_answers, readiness
from web.outage import AWAY

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether pages can be built, and what else is not as it should be.

    503 only without a database: pages need nothing else, and a site whose broker is away, or whose state
    takes too long to read, should go on showing them. What is "degraded" is listed under ``problems`` for an
    alarm to read.
    """
    if not database_answers():
        return JsonResponse({"status": "unavailable", "problems": ["database unreachable"]}, status=503)
    try:
        problems = list(_problems(readiness()))
    except AWAY:
        logger.warning("The state of the site could not be read", exc_info=True)
        problems = ["the database took too long to say how things stand"]
    return JsonResponse({"status": "degraded" if problems else "ok", "problems": problems})


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for the bearer of ``METRICS_TOKEN`` only; without that setting, nothing."""
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    # As bytes: text beyond ASCII cannot be compared in constant time.
    if not settings.METRICS_TOKEN or not secrets.compare_digest(
        sent.encode(), settings.METRICS_TOKEN.encode()
    ):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


def _problems(state: Readiness) -> Iterator[str]:
    if state.queues is None:
        yield "broker unreachable"
    if state.waiting_s is not None and state.waiting_s > settings.ALARM_RUN_AGE_S:
        yield f"an evaluation has been waiting for {state.waiting_s / 3600:.0f} hours"
    if state.stalled_s is not None and state.stalled_s > settings.ALARM_QUEUE_AGE_S:
        yield f"no picture has come to an end for {state.stalled_s / 60:.0f} minutes, and some are open"
    if state.snapshot_s is None:
        yield "no rank has been published"
    elif state.snapshot_s > settings.ALARM_RANK_AGE_S:
        yield f"the rank is {state.snapshot_s / 3600:.0f} hours old"

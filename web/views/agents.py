"""``/mcp``: the Model Context Protocol."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST


# No cookie is looked at and nothing is written, so there is nothing to forge.
@csrf_exempt
@never_cache
@require_POST
def mcp(request: HttpRequest) -> HttpResponse:
    """Answer one message of an agent; sessions and streams of events are not kept."""
    from web.agents.bridge import answered  # noqa: PLC0415 - the SDK takes a second to load: agents only

    return answered(request)

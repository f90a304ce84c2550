"""``/search``."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from web.api.limits import Policy, caller_name, spend
from web.pages.search import search_page
from web.statements import TooExpensiveError
from web.views.errors import too_many, unavailable
from web.views.rendering import page_response
from web.visitors import counted_visitor, referrer_host

logger = logging.getLogger(__name__)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer a query, unless this network has asked for many within a minute."""
    most = settings.SEARCHES_PER_MINUTE
    allowance = spend(
        Policy("search-page", anonymous=most, keyed=most),
        caller=caller_name(request, key_id=None),
        is_keyed=False,
    )
    if allowance.is_exceeded:
        return too_many(request, allowance)
    try:
        page = search_page(
            request.GET.get("q", ""), visitor=counted_visitor(request), referrer=referrer_host(request)
        )
    except TooExpensiveError:
        logger.warning("A search ran into the limit of its statements", exc_info=True)
        return unavailable(request)
    response = page_response(request, "search.html", page)
    if page.event:
        # Its links say whose search led to them.
        patch_cache_control(response, private=True, no_store=True)
    return response

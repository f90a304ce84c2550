"""``/badge/<slug>.svg`` and the same as JSON for services that draw badges themselves."""

import hashlib

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from catalog.selectors import merged_slug
from web.pages.badge import Badge, Tone, badge, unknown_badge

CACHE_S = 300
# Names that shields-style services know; the picture has its own.
COLOURS = {Tone.GOOD: "brightgreen", Tone.PLAIN: "blue", Tone.MISSING: "lightgrey"}
THEMES = {"light", "dark"}
# A picture in somebody else's page: nothing but the few lines of style inside it.
PICTURE_POLICY = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [NONE]}


@csp(PICTURE_POLICY)  # type: ignore[arg-type]
@require_safe
def badge_picture(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Draw a badge; ``?show=`` rank, verified or a suite, ``?theme=`` light or dark, else the reader's own."""
    found = _badge(request, slug)
    if found is None and (moved := _moved(request, slug, route="badge")):
        return moved
    theme = request.GET.get("theme", "")
    context = {"badge": found or unknown_badge(), "theme": theme if theme in THEMES else ""}
    response = render(request, "badge.svg", context, content_type="image/svg+xml; charset=utf-8")
    return _cached(request, response, status=200 if found else 404)


@require_safe
def badge_endpoint(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Return a badge as shields' endpoint schema has it."""
    found = _badge(request, slug)
    if found is None and (moved := _moved(request, slug, route="badge-endpoint")):
        return moved
    shown = found or unknown_badge()
    response = JsonResponse(
        {
            "schemaVersion": 1,
            "label": shown.label,
            "message": shown.value,
            "color": COLOURS[shown.tone],
            "isError": found is None,
            "cacheSeconds": CACHE_S,
        }
    )
    response["Access-Control-Allow-Origin"] = "*"
    return _cached(request, response, status=200 if found else 404)


def _moved(request: HttpRequest, slug: str, *, route: str) -> HttpResponse | None:
    """Lead to the badge of the artifact that a merged one became; a merge can be undone, so not for good."""
    now = merged_slug(slug)
    if now is None:
        return None
    asked = request.META["QUERY_STRING"]
    return redirect(reverse(route, args=[now]) + (f"?{asked}" if asked else ""))


def _badge(request: HttpRequest, slug: str) -> Badge | None:
    # What cannot be printed cannot stand in XML either.
    show = "".join(sign for sign in request.GET.get("show", "rank") if sign.isprintable())
    return badge(slug, show=show)


def _cached(request: HttpRequest, response: HttpResponse, *, status: int) -> HttpResponseBase:
    response.status_code = status
    patch_cache_control(response, public=True, max_age=CACHE_S)
    if status != 200:
        return response
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response

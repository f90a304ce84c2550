"""``/arena/``: one page to look and one to vote, where the site wants an arena at all."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from evaluation.services.preference import Voter, VoteRefusedError
from web.pages.arena import arena_page
from web.pages.arena import vote as cast
from web.views.rendering import page_response
from web.visitors import network_key, session_key

View = Callable[[HttpRequest], HttpResponse]


def where_wanted(view: View) -> View:
    """Answer 404 on sites that have no arena."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if not settings.ARENA_ENABLED:
            raise Http404
        return view(request)

    return checked


@never_cache
@require_safe
@where_wanted
def arena(request: HttpRequest) -> HttpResponse:
    """Show two pictures and what all votes say."""
    return page_response(
        request, "arena.html", arena_page(_voter(request), result=request.GET.get("voted", ""))
    )


@never_cache
@require_POST
@where_wanted
def arena_vote(request: HttpRequest) -> HttpResponse:
    """Write a vote down and lead to the next pair."""
    voter = _voter(request)
    if voter is None:
        raise Http404
    try:
        result = cast(request.POST.get("pair", ""), request.POST.get("choice", ""), voter=voter)
    except VoteRefusedError as refusal:
        page = arena_page(voter, notice=str(refusal))
        return page_response(request, "arena.html", page, status=409)
    return redirect(f"{reverse('arena')}?{urlencode({'voted': result})}")


def _voter(request: HttpRequest) -> Voter | None:
    session = session_key(request)
    return Voter(session, network_key(request)) if session else None

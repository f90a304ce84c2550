"""``search`` and ``resolve``."""

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router

from web.api.feedback import Ticket, sealed
from web.api.keys import api_visitor, request_key
from web.api.problems import Problem
from web.api.routes.parameters import Words
from web.api.schemas.search import FeedbackToken, ResolveOut, SearchOut, resolve_out, search_out
from web.pages.resolve import resolve_page
from web.pages.search import search_page
from web.statements import TooExpensiveError

router = Router()


@router.get("search", response=SearchOut, summary="Search", operation_id="search")
def search(request: HttpRequest, q: Words) -> SearchOut:
    """Rank artifacts for a query, each with the capability that matched and why."""
    try:
        return search_out(search_page(q, visitor=api_visitor(request, request_key(request))))
    except TooExpensiveError as error:
        raise _too_expensive() from error


@router.get("resolve", response=ResolveOut, summary="Resolve an intent", operation_id="resolve")
def resolve(request: HttpRequest, intent: Words) -> ResolveOut:
    """Recommend one artifact for an intent: reasons, price, licence, how to start, and alternatives.

    Where nothing fits well there is no recommendation, and the nearest are listed as alternatives.
    """
    visitor = api_visitor(request, request_key(request))
    try:
        page = resolve_page(intent, visitor=visitor)
    except TooExpensiveError as error:
        raise _too_expensive() from error
    return resolve_out(page, feedback=_feedback(page.found.event, visitor))


def _feedback(event: str, visitor: str | None) -> FeedbackToken | None:
    if not event or visitor is None:
        return None
    token, expires_at = sealed(Ticket(UUID(event), visitor))
    return FeedbackToken(token=token, path=reverse("api-1:feedback"), expires_at=expires_at)


def _too_expensive() -> Problem:
    return Problem(503, "The search took longer than it may. Ask for less.", headers={"Retry-After": "5"})

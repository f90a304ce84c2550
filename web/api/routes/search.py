"""``search`` and ``resolve``."""

from django.http import HttpRequest
from ninja import Router

from web.api.problems import Problem
from web.api.routes.parameters import Words
from web.api.schemas.search import ResolveOut, SearchOut, resolve_out, search_out
from web.pages.resolve import resolve_page
from web.pages.search import search_page
from web.statements import TooExpensiveError
from web.visitors import visitor_key

router = Router()


@router.get("search", response=SearchOut, summary="Search", operation_id="search")
def search(request: HttpRequest, q: Words) -> SearchOut:
    """Rank artifacts for a query, each with the capability that matched and why."""
    try:
        return search_out(search_page(q, visitor=visitor_key(request)))
    except TooExpensiveError as error:
        raise _too_expensive() from error


@router.get("resolve", response=ResolveOut, summary="Resolve an intent", operation_id="resolve")
def resolve(request: HttpRequest, intent: Words) -> ResolveOut:
    """Recommend one artifact for an intent: reasons, price, licence, how to start, and alternatives.

    Where nothing fits well there is no recommendation, and the nearest are listed as alternatives.
    """
    try:
        return resolve_out(resolve_page(intent, visitor=visitor_key(request)), feedback=None)
    except TooExpensiveError as error:
        raise _too_expensive() from error


def _too_expensive() -> Problem:
    return Problem(503, "The search took longer than it may. Ask for less.", headers={"Retry-After": "5"})

"""``compare``, ``leaderboard`` and ``categories``."""

from dataclasses import asdict
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from catalog.vocabulary import Kind
from web.api.problems import Problem
from web.api.routes.artifacts import JSON, MARKDOWN, TWIN, unknown_artifact
from web.api.routes.parameters import OneKind, PageNumber, SlugPath
from web.api.schemas.common import Slug
from web.api.schemas.compare import CompareOut, comparison_out
from web.api.schemas.leaderboard import CategoryList, CategoryOut, LeaderboardOut, leaderboard_out
from web.api.sparse import Fields, only
from web.pages.compare.lookup import comparison
from web.pages.compare.several import MOST
from web.pages.home import shelves
from web.pages.leaderboard.page import category_page, leaderboard_page
from web.pages.nearest import known_slugs
from web.views.rendering import markdown_response

router = Router()
FIRST_CATEGORY = {"operationId": "getCategory", "parameters": {"slug": "$response.body#/items/0/slug"}}
Slugs = Annotated[
    list[Slug],
    Query(
        min_length=2,
        max_length=MOST,
        description="Two to four artifacts, one `slug=` each; their order makes no difference.",
        examples=[["flux-1-dev", "stable-diffusion-3-5-large"]],
    ),
]


@router.get(
    "compare",
    response=CompareOut,
    summary="Compare artifacts",
    operation_id="compareArtifacts",
    openapi_extra=TWIN,
)
def compare(request: HttpRequest, slug: Slugs, fields: Fields = None) -> BaseModel | HttpResponse:
    """Lay two to four artifacts side by side: verdict, table, scores, pictures, capabilities, sources."""
    slugs = sorted(set(slug))
    if len(slugs) < 2:
        raise Problem(422, "A comparison needs two different artifacts.")
    for unknown in sorted(set(slugs) - known_slugs(slugs)):
        raise unknown_artifact(unknown)
    is_markdown = request.get_preferred_type([JSON, MARKDOWN]) == MARKDOWN
    if page := comparison(slugs):
        if is_markdown:
            return markdown_response(request, f"{page.template}.md", page)
        return only(comparison_out(page), fields)
    raise Problem(404)


@router.get(
    "leaderboard", response=LeaderboardOut, summary="Get the leaderboard", operation_id="getLeaderboard"
)
def leaderboard(
    request: HttpRequest, kind: OneKind = Kind.MODEL, page: PageNumber = 1, fields: Fields = None
) -> BaseModel | HttpResponse:
    """Return one page of the standings of a kind: ranges of places, ranks and their components."""
    return only(leaderboard_out(leaderboard_page({"kind": str(kind), "page": str(page)})), fields)


@router.get(
    "categories",
    response=CategoryList,
    summary="List categories",
    operation_id="listCategories",
    openapi_extra={"responses": {200: {"links": {"category": FIRST_CATEGORY}}}},
)
def categories(request: HttpRequest) -> CategoryList:
    """List the categories that have artifacts, the fullest first."""
    return CategoryList(items=[CategoryOut.model_validate(asdict(shelf)) for shelf in shelves()])


@router.get(
    "categories/{slug}",
    response=LeaderboardOut,
    summary="Get the standings of a category",
    operation_id="getCategory",
)
def category(
    request: HttpRequest, slug: SlugPath, page: PageNumber = 1, fields: Fields = None
) -> BaseModel | HttpResponse:
    """Return one page of the standings of a category, of whatever kinds."""
    found = category_page(slug, {"page": str(page)})
    if found is None:
        raise Problem(404, f"There is no category “{slug}”.")
    return only(leaderboard_out(found), fields)

"""``compare`` and ``leaderboard``."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from catalog.vocabulary import Kind
from web.api.problems import Problem
from web.api.routes.artifacts import JSON, MARKDOWN, TWIN, unknown_artifact
from web.api.routes.parameters import OneKind, PageNumber
from web.api.schemas.common import Slug
from web.api.schemas.compare import CompareOut, LeaderboardOut, comparison_out, leaderboard_out
from web.pages.compare.lookup import comparison
from web.pages.compare.several import MOST
from web.pages.leaderboard.page import leaderboard_page
from web.pages.nearest import known_slugs
from web.views.rendering import markdown_response

router = Router()
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
def compare(request: HttpRequest, slug: Slugs) -> CompareOut | HttpResponse:
    """Lay two to four artifacts side by side: verdict, table, scores, pictures, capabilities, sources."""
    slugs = sorted(set(slug))
    if len(slugs) < 2:
        raise Problem(422, "A comparison needs two different artifacts.")
    for unknown in sorted(set(slugs) - known_slugs(slugs)):
        raise unknown_artifact(unknown)
    is_markdown = request.get_preferred_type([JSON, MARKDOWN]) == MARKDOWN
    if page := comparison(slugs):
        return (
            markdown_response(request, f"{page.template}.md", page) if is_markdown else comparison_out(page)
        )
    raise Problem(404)


@router.get(
    "leaderboard", response=LeaderboardOut, summary="Get the leaderboard", operation_id="getLeaderboard"
)
def leaderboard(request: HttpRequest, kind: OneKind = Kind.MODEL, page: PageNumber = 1) -> LeaderboardOut:
    """Return one page of the standings of a kind: ranges of places, ranks and their components."""
    return leaderboard_out(leaderboard_page({"kind": str(kind), "page": str(page)}))

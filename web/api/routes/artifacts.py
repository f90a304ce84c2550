"""``artifacts``."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from ninja import Query, Router

from catalog.models import Artifact
from catalog.selectors import merged_slug
from web.api.problems import Problem
from web.api.routes.parameters import After, KindAsked, Limit, OpennessAsked, SlugPath
from web.api.schemas.artifacts import ArtifactDetail, ArtifactList, artifact_detail, artifact_summary
from web.api.schemas.common import PLAIN_SLUG, snapshot_out
from web.pages.artifact.page import artifact_page
from web.pages.listing import Wanted, artifact_listing
from web.pages.nearest import nearest_slugs
from web.views.rendering import markdown_response

router = Router()
JSON, MARKDOWN = "application/json", "text/markdown"
TWIN = {"responses": {200: {"content": {MARKDOWN: {"schema": {"type": "string"}}}}}}
Category = Annotated[str | None, Query(pattern=PLAIN_SLUG, max_length=80, description="A category's slug.")]


# What the list names can be fetched, and the page after it too: said in the document, for programs.
LINKS = {
    "artifact": {"operationId": "getArtifact", "parameters": {"slug": "$response.body#/items/0/slug"}},
    "next": {"operationId": "listArtifacts", "parameters": {"after": "$response.body#/next"}},
}


@router.get(
    "artifacts",
    response=ArtifactList,
    summary="List artifacts",
    operation_id="listArtifacts",
    openapi_extra={"responses": {200: {"links": LINKS}}},
)
def artifacts(
    request: HttpRequest,
    kind: KindAsked = None,
    openness: OpennessAsked = None,
    category: Category = None,
    limit: Limit = 20,
    after: After = None,
    *,
    with_demonstrations: bool = False,
) -> ArtifactList:
    """List artifacts, the best ranked first and the unranked at the end."""
    chosen = {"kind": kind, "openness": openness, "categories__slug": category}
    filters = {name: str(value) for name, value in chosen.items() if value}
    page = artifact_listing(Wanted(limit, after or "", filters, with_demonstrations))
    return ArtifactList(
        items=[artifact_summary(card) for card in page.cards],
        next=page.next,
        snapshot=snapshot_out(page.snapshot),
    )


@router.get(
    "artifacts/{slug}",
    response=ArtifactDetail,
    summary="Get one artifact",
    operation_id="getArtifact",
    openapi_extra=TWIN,
)
def artifact(request: HttpRequest, slug: SlugPath) -> ArtifactDetail | HttpResponse:
    """Return everything that the artifact's page shows; as Markdown where Accept prefers it.

    An artifact that was merged into another leads there, for as long as it is merged.
    """
    page = artifact_page(slug)
    if page is None:
        if now := merged_slug(slug):
            return HttpResponseRedirect(request.path.removesuffix(slug) + now)
        raise unknown_artifact(slug)
    if request.get_preferred_type([JSON, MARKDOWN]) == MARKDOWN:
        return markdown_response(request, "artifact.md", page)
    return artifact_detail(page)


def unknown_artifact(slug: str) -> Problem:
    """Return the problem of a slug that nobody has, with the nearest ones."""
    near = nearest_slugs(slug, dict(Artifact.objects.values_list("slug", "name")))
    nearest = f" Nearest: {', '.join(near)}." if near else ""
    return Problem(404, f"There is no artifact “{slug}”.{nearest}")

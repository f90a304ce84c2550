"""``artifacts``."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from ninja import Query, Router
from pydantic import BaseModel

from catalog.selectors import merged_slug
from web.api.problems import Problem
from web.api.routes.parameters import After, KindAsked, Limit, OpennessAsked, SlugPath
from web.api.schemas.artifacts import ArtifactDetail, ArtifactList, artifact_detail, artifact_summary
from web.api.schemas.common import PLAIN_SLUG, snapshot_out
from web.api.schemas.surroundings import (
    AlternativeList,
    ArtifactHistory,
    alternative_list,
    artifact_history,
)
from web.api.sparse import Fields, only
from web.pages.alternatives import alternatives_page
from web.pages.artifact.fact_history import history_page
from web.pages.artifact.page import artifact_page
from web.pages.listing import Wanted, artifact_listing
from web.pages.nearest import unknown_words
from web.views.rendering import markdown_response

router = Router()
JSON, MARKDOWN = "application/json", "text/markdown"
TWIN = {"responses": {200: {"content": {MARKDOWN: {"schema": {"type": "string"}}}}}}
Category = Annotated[str | None, Query(pattern=PLAIN_SLUG, max_length=80, description="A category's slug.")]


# What the list names can be fetched, and the page after it too: said in the document, for programs.
LINKS = {
    name: {"operationId": operation, "parameters": {"slug": "$response.body#/items/0/slug"}}
    for name, operation in (
        ("artifact", "getArtifact"),
        ("history", "getArtifactHistory"),
        ("alternatives", "listAlternatives"),
    )
} | {
    "next": {"operationId": "listArtifacts", "parameters": {"after": "$response.body#/next"}},
}


@router.get(
    "artifacts",
    response=ArtifactList,
    summary="List artifacts",
    operation_id="listArtifacts",
    openapi_extra={"responses": {200: {"links": LINKS}}},
)
def artifacts(  # noqa: PLR0913 - each is a parameter of the address
    request: HttpRequest,
    kind: KindAsked = None,
    openness: OpennessAsked = None,
    category: Category = None,
    limit: Limit = 20,
    after: After = None,
    fields: Fields = None,
    *,
    with_demonstrations: bool = False,
) -> BaseModel | HttpResponse:
    """List artifacts, the best ranked first and the unranked at the end."""
    chosen = {"kind": kind, "openness": openness, "categories__slug": category}
    filters = {name: str(value) for name, value in chosen.items() if value}
    page = artifact_listing(Wanted(limit, after or "", filters, with_demonstrations))
    answer = ArtifactList(
        items=[artifact_summary(card) for card in page.cards],
        next=page.next,
        snapshot=snapshot_out(page.snapshot),
    )
    return only(answer, fields)


@router.get(
    "artifacts/{slug}",
    response=ArtifactDetail,
    summary="Get one artifact",
    operation_id="getArtifact",
    openapi_extra=TWIN,
)
def artifact(request: HttpRequest, slug: SlugPath, fields: Fields = None) -> BaseModel | HttpResponse:
    """Return everything that the artifact's page shows; as Markdown where Accept prefers it.

    An artifact that was merged into another leads there, for as long as it is merged.
    """
    page = artifact_page(slug)
    if page is None:
        return _moved(request, slug)
    if request.get_preferred_type([JSON, MARKDOWN]) == MARKDOWN:
        return markdown_response(request, "artifact.md", page)
    return only(artifact_detail(page), fields)


@router.get(
    "artifacts/{slug}/history",
    response=ArtifactHistory,
    summary="Get what was said of an artifact, and when",
    operation_id="getArtifactHistory",
)
def history(request: HttpRequest, slug: SlugPath) -> ArtifactHistory | HttpResponse:
    """Return every statement about every field with its source, and every price over time, newest first."""
    page = history_page(slug)
    if page is None:
        return _moved(request, slug)
    return artifact_history(page)


@router.get(
    "artifacts/{slug}/alternatives",
    response=AlternativeList,
    summary="List what does the same",
    operation_id="listAlternatives",
)
def alternatives(request: HttpRequest, slug: SlugPath) -> AlternativeList | HttpResponse:
    """List the artifacts whose capabilities overlap with one artifact's, most first."""
    page = alternatives_page(slug)
    if page is None:
        return _moved(request, slug)
    return alternative_list(page)


def _moved(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the same of what a merged artifact became.

    Raises:
        Problem: nobody goes or went by the slug (404).
    """
    if now := merged_slug(slug):
        place = request.get_full_path()
        return HttpResponseRedirect(place.replace(f"/artifacts/{slug}", f"/artifacts/{now}", 1))
    raise unknown_artifact(slug)


def unknown_artifact(slug: str) -> Problem:
    """Return the problem of a slug that nobody has, with the nearest ones."""
    return Problem(404, unknown_words(slug))

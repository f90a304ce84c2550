"""``/leaderboard/``, ``/category/<slug>/`` and ``/leaderboard/<suite>/``, and their pictures."""

from dataclasses import replace
from typing import TypeAlias

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages.board_image import image_of_category, image_of_kind
from web.pages.leaderboard.download import Download, leaderboard_download, suite_download
from web.pages.leaderboard.page import LeaderboardPage, category_page, leaderboard_page
from web.pages.leaderboard.suite import SuiteBoardPage, suite_board_page
from web.views.caching import public_page
from web.views.rendering import markdown_response, page_response, png_response

Board: TypeAlias = LeaderboardPage | SuiteBoardPage
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@require_safe
@public_page
def leaderboard(request: HttpRequest, *, as_markdown: bool = False) -> HttpResponse:
    """Show the standings of one kind of artifact."""
    page = leaderboard_page(request.GET.dict())
    if as_markdown:
        return markdown_response(request, "leaderboard.md", page)
    return _response(request, page, "leaderboard.html", leaderboard_download(page))


@require_safe
@public_page
def category(request: HttpRequest, slug: str, *, as_markdown: bool = False) -> HttpResponse:
    """Show the standings of one shelf."""
    page = category_page(slug, request.GET.dict())
    if page is None:
        raise Http404
    if as_markdown:
        return markdown_response(request, "leaderboard.md", page)
    return _response(request, page, "leaderboard.html", leaderboard_download(page))


@require_safe
@public_page
def suite_leaderboard(request: HttpRequest, slug: str, *, as_markdown: bool = False) -> HttpResponse:
    """Show who scores what on one suite."""
    page = suite_board_page(slug, request.GET.dict())
    if page is None:
        raise Http404
    if as_markdown:
        return markdown_response(request, "suite_leaderboard.md", page)
    return _response(request, page, "suite_leaderboard.html", suite_download(page))


@require_safe
@public_page
def leaderboard_image(request: HttpRequest) -> HttpResponse:
    """Draw the picture that a shared link to a kind's leaderboard shows."""
    return png_response(image_of_kind(request.GET.get("kind", "")).png())


@require_safe
@public_page
def category_image(_request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the picture that a shared link to a shelf shows."""
    image = image_of_category(slug)
    if image is None:
        raise Http404
    return png_response(image.png())


def _response(request: HttpRequest, page: Board, template: str, download: Download) -> HttpResponse:
    """Answer as a page, or as a file of exactly what it shows."""
    wanted = request.GET.get("format", "")
    if not wanted:
        return page_response(request, template, page)
    if wanted not in CONTENT_TYPES:
        problem = f"“{wanted[:40]}” is not one of {', '.join(CONTENT_TYPES)} for format"
        choices = replace(page.choices, problems=(*page.choices.problems, problem))
        return page_response(request, template, replace(page, choices=choices), status=400)
    response = HttpResponse(download.written(wanted), content_type=CONTENT_TYPES[wanted])
    response["Content-Disposition"] = f'attachment; filename="{download.name}.{wanted}"'
    response["X-Robots-Tag"] = "noindex"
    return response

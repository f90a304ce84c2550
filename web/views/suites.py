"""``/suites/``, one suite, and one prompt for every model."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages.board_image import image_of_suite
from web.pages.prompt_gallery import prompt_gallery_page
from web.pages.suites import suite_page, suites_page
from web.views.caching import public_page
from web.views.rendering import page_or_markdown, page_response, png_response


@require_safe
@public_page
def suites(request: HttpRequest) -> HttpResponse:
    """List the suites in use."""
    return page_response(request, "suites.html", suites_page())


@require_safe
@public_page
def suite(request: HttpRequest, slug: str, *, as_markdown: bool = False) -> HttpResponse:
    """Show one suite."""
    page = suite_page(slug)
    if page is None:
        raise Http404
    return page_or_markdown(request, "suite", page, as_markdown=as_markdown)


@require_safe
@public_page
def suite_image(_request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the picture that a shared link to a suite or its leaderboard shows."""
    image = image_of_suite(slug)
    if image is None:
        raise Http404
    return png_response(image.png())


@require_safe
@public_page
def prompt_gallery(request: HttpRequest, slug: str, key: str, *, as_markdown: bool = False) -> HttpResponse:
    """Show what every model made of one prompt."""
    page = prompt_gallery_page(slug, key)
    if page is None:
        raise Http404
    return page_or_markdown(request, "prompt_gallery", page, as_markdown=as_markdown)

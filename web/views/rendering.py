"""How pages leave the house."""

from typing import Protocol

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from web.pages.meta import Meta


class Page(Protocol):
    """Anything that a template can show: a frozen dataclass with its head."""

    @property
    def meta(self) -> Meta:
        """Return what the head says."""
        ...


def page_response(request: HttpRequest, template: str, page: Page, *, status: int = 200) -> HttpResponse:
    """Render a page; its Markdown twin, where it has one, is announced in a header too."""
    response = render(request, template, {"page": page, "meta": page.meta}, status=status)
    if page.meta.markdown_path:
        twin = request.build_absolute_uri(page.meta.markdown_path)
        response["Link"] = f'<{twin}>; rel="alternate"; type="text/markdown"'
    return response


def page_or_markdown(request: HttpRequest, name: str, page: Page, *, as_markdown: bool) -> HttpResponse:
    """Render the page ``name``, or its Markdown twin."""
    if as_markdown:
        return markdown_response(request, f"{name}.md", page)
    return page_response(request, f"{name}.html", page)


def png_response(drawn: bytes) -> HttpResponse:
    """Answer with a picture that was drawn for it."""
    return HttpResponse(drawn, content_type="image/png")


def markdown_response(request: HttpRequest, template: str, page: Page) -> HttpResponse:
    """Render the Markdown twin of a page."""
    response = render(
        request,
        template,
        {"page": page, "meta": page.meta, "origin": f"{request.scheme}://{request.get_host()}"},
        content_type="text/markdown; charset=utf-8",
    )
    canonical = request.build_absolute_uri(page.meta.path)
    response["Link"] = f'<{canonical}>; rel="canonical"'
    return response

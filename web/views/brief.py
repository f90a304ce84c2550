"""``/brief/``: the weekly brief, its archive and its feeds."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from web.pages.brief.page import Issue, brief_page, issues
from web.views.caching import public_page
from web.views.rendering import page_response


@require_safe
@public_page
def brief(request: HttpRequest, week: str = "") -> HttpResponse:
    """Show what changed in a week."""
    page = brief_page(week)
    if page is None:
        raise Http404
    return page_response(request, "brief.html", page)


@require_safe
@public_page
def brief_atom(request: HttpRequest) -> HttpResponse:
    """Return the latest weeks as an Atom feed."""
    found = issues()
    context = {
        "issues": found,
        "origin": _origin(request),
        "updated_at": found[0].updated_at if found else None,
    }
    return render(request, "brief.atom", context, content_type="application/atom+xml; charset=utf-8")


@require_safe
@public_page
def brief_json(request: HttpRequest) -> HttpResponse:
    """Return the latest weeks as a JSON Feed 1.1."""
    origin = _origin(request)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{settings.SITE_NAME} brief",
        "home_page_url": f"{origin}{reverse('brief')}",
        "feed_url": f"{origin}{reverse('brief-json')}",
        "items": [_item(issue, origin) for issue in issues()],
    }
    return JsonResponse(feed, content_type="application/feed+json")


def _item(issue: Issue, origin: str) -> dict[str, str]:
    url = f"{origin}{issue.path}"
    lines = [
        f"{changes.title}: {item.name}: {item.text}" for changes in issue.changes for item in changes.items
    ]
    return {
        "id": url,
        "url": url,
        "title": issue.title,
        "summary": issue.summary,
        "content_text": "\n".join(lines),
        "date_modified": issue.updated_at.isoformat(),
    }


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"

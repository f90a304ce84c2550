"""``/runs/<id>/`` and the pictures of a run."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages.runs import run_page
from web.pages.samples import sample_page
from web.views.caching import public_page
from web.views.rendering import page_response


@require_safe
@public_page
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show the record of one run."""
    page = run_page(run_id, request.GET.get("page", ""))
    if page is None:
        raise Http404
    return page_response(request, "run.html", page)


@require_safe
@public_page
def sample(request: HttpRequest, run_id: int, sample_id: int) -> HttpResponse:
    """Show all that is recorded of one picture."""
    page = sample_page(run_id, sample_id)
    if page is None:
        raise Http404
    return page_response(request, "sample.html", page)

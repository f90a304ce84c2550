"""``/llms.txt``: what a language model or an agent should read instead of the pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    """Point to the API and to the Markdown twins."""
    context = {"origin": f"{request.scheme}://{request.get_host()}"}
    return render(request, "llms.txt", context, content_type="text/plain; charset=utf-8")

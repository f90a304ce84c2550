"""Asking for an evaluation of a pinned revision."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalog.models import Claim, Role
from catalog.services.claim_records import note_attempt
from evaluation.services.requests import EvaluationRequestError, request_evaluation, withdraw_request
from web.pages.builders.evaluations import evaluations_page
from web.views.builders.access import attempted, held_claim, posted_id, signed_in
from web.views.rendering import page_response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def evaluations(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what was asked for and where it stands; a POST asks, or takes a request back."""
    is_write = request.method == "POST"
    held = held_claim(request, slug, least=Role.EDITOR if is_write else Role.VIEWER)
    written = str(request.POST.get("revision", ""))[:64]
    error = ""
    if is_write:
        try:
            if request.POST.get("action") == "withdraw":
                _withdraw(request, held.claim)
            else:
                request_evaluation(held.claim, revision=written, by=signed_in(request))
        except EvaluationRequestError as refused:
            error = str(refused)
        else:
            return redirect("evaluations", slug=slug)
    page = evaluations_page(held.claim, role=held.role, written=written, error=error)
    return page_response(request, "builders/evaluations.html", page, status=409 if error else 200)


def _withdraw(request: HttpRequest, claim: Claim) -> None:
    own = claim.evaluation_requests.select_related("claim")
    asked = own.filter(pk=posted_id(request, "request")).first()
    if asked is None:
        note_attempt([claim], actor=signed_in(request), what=attempted(request))
        raise Http404
    if not withdraw_request(asked, by=signed_in(request)):
        raise EvaluationRequestError("It is no longer waiting.")

"""The listing editor: words are previewed, proposed, taken back, and proposed again as they once were."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalog.models import Claim, Role
from catalog.services.statements import (
    StatementError,
    fitted_words,
    propose_statement,
    withdraw_statement,
)
from web.pages.builders.listing import Draft, listing_page
from web.views.builders.access import held_claim, signed_in
from web.views.rendering import page_response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the editor; a POST previews words, proposes them or takes a proposal back."""
    is_write = request.method == "POST"
    held = held_claim(request, slug, least=Role.EDITOR if is_write else Role.VIEWER)
    error, draft = "", None
    if is_write:
        draft = _draft(request)
        try:
            draft = _act(request, held.claim, draft)
        except StatementError as refused:
            error = str(refused)
        if draft is None:
            return redirect("listing", slug=slug)
    page = listing_page(held.claim, role=held.role, draft=draft, error=error)
    return page_response(request, "builders/listing.html", page, status=409 if error else 200)


def _draft(request: HttpRequest) -> Draft:
    return Draft(request.POST.get("field", ""), request.POST.get("value", ""))


def _act(request: HttpRequest, claim: Claim, draft: Draft) -> Draft | None:
    """Return what is still being written; None where the listing's words have changed their state."""
    action = request.POST.get("action", "propose")
    if action == "preview":
        preview = fitted_words(claim, field=draft.field, value=draft.value)
        return Draft(draft.field, draft.value, preview)
    if action == "withdraw":
        waiting = claim.statements.filter(field=draft.field, state="proposed").select_related("claim").first()
        if waiting is None:
            raise Http404
        withdraw_statement(waiting, actor=signed_in(request))
    else:
        propose_statement(claim, field=draft.field, value=draft.value, actor=signed_in(request))
    return None

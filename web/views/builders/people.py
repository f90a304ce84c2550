"""The people of a claim: invited, taken out, asked whether they want to."""

from typing import TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalog.models import Invitation, Maintainer, Role
from catalog.services.claim_records import note_attempt
from catalog.services.maintainers import (
    MaintainerError,
    answer_invitation,
    invitations_for,
    invite,
    remove_maintainer,
    withdraw_invitation,
)
from web.pages.builders.overview import invitation_page
from web.pages.builders.people import people_page
from web.views.builders.access import Held, attempted, held_claim, posted_id, signed_in
from web.views.rendering import page_response

Row = TypeVar("Row", Invitation, Maintainer)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who looks after a claim; a POST of its owner changes that, and anybody may leave."""
    leaves = request.method == "POST" and request.POST.get("action") == "leave"
    may_read = request.method != "POST" or leaves
    held = held_claim(request, slug, least=Role.VIEWER if may_read else Role.OWNER)
    error = ""
    if request.method == "POST":
        try:
            _change(request, held)
        except MaintainerError as refused:
            error = str(refused)
        else:
            return redirect("builders") if leaves else redirect("people", slug=slug)
    written = str(request.POST.get("address", ""))[:254]
    page = people_page(held.claim, role=held.role, written=written, error=error)
    return page_response(request, "builders/people.html", page, status=409 if error else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Ask somebody whether they take a role; only an account with the invited address may answer."""
    found = Invitation.objects.select_related("claim__artifact", "claim__user").filter(token=token).first()
    if found is None:
        raise Http404
    user = signed_in(request)
    if found not in invitations_for(user):
        note_attempt([found.claim], actor=user, what=attempted(request))
        raise Http404
    error = ""
    if request.method == "POST":
        accepts = request.POST.get("answer") == "yes"
        try:
            answer_invitation(found, user=user, accepts=accepts)
        except MaintainerError as refused:
            error = str(refused)
        else:
            is_in = redirect("dashboard", slug=found.claim.artifact.slug)
            return is_in if accepts else redirect("builders")
    page = invitation_page(found, error=error)
    return page_response(request, "builders/invitation.html", page, status=409 if error else 200)


def _change(request: HttpRequest, held: Held) -> None:
    action, user, claim = request.POST.get("action"), signed_in(request), held.claim
    if action == "invite":
        origin = settings.SITE_URL.rstrip("/") or f"{request.scheme}://{request.get_host()}"
        invite(
            claim,
            by=user,
            address=request.POST.get("address", ""),
            role=request.POST.get("role", ""),
            link_of=lambda token: f"{origin}{reverse('invitation', args=[token])}",
        )
    elif action == "withdraw":
        asked = claim.invitations.filter(pk=posted_id(request, "invitation")).first()
        withdraw_invitation(_found(request, held, asked), by=user)
    elif action == "remove":
        one = claim.maintainers.select_related("user").filter(pk=posted_id(request, "maintainer")).first()
        remove_maintainer(_found(request, held, one), by=user)
    elif action == "leave":
        own: Maintainer | None = claim.maintainers.select_related("user").filter(user=user).first()
        if own is None:
            raise MaintainerError("An owner hands the claim over or gives it up.")
        remove_maintainer(own, by=user)


def _found(request: HttpRequest, held: Held, row: Row | None) -> Row:
    """Return what belongs to the visitor's own claim; what belongs to another is not there."""
    if row is None:
        note_attempt([held.claim], actor=signed_in(request), what=attempted(request))
        raise Http404
    return row

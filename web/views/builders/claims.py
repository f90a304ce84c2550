"""Claiming an artifact: begun, proved, contested, given up."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from catalog.models import Artifact, Claim, Role
from catalog.ownership.places import BY_ACCOUNT
from catalog.services.claim_disputes import ReplyError, reply_to_dispute
from catalog.services.claim_records import note_attempt
from catalog.services.claims import ClaimError, check_claim, give_up_claim, request_claim
from catalog.services.contests import ContestError, add_evidence, concede
from web.pages.builders.claim import claim_page
from web.views.builders.access import attempted, held_claim, posted_id, signed_in
from web.views.rendering import page_response

# What is said about a claim leaves its speaker where it was said.
SPOKEN = ("evidence", "reply")


class EvidenceForm(forms.Form):
    """What one side of a contest has to show."""

    text = forms.CharField(max_length=4_000)
    url = forms.URLField(required=False, max_length=500, assume_scheme="https")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the ways to prove an artifact; a POST begins, checks or defends the visitor's own claim."""
    artifact = get_object_or_404(Artifact, slug=slug)
    user = signed_in(request)
    said = error = ""
    if request.method == "POST":
        try:
            said = _act(request, artifact, user)
        except (ClaimError, ContestError, ReplyError) as refused:
            error = str(refused)
        is_proof = request.POST.get("action") not in SPOKEN and not error
        if is_proof and Claim.objects.verified().filter(artifact=artifact, user=user).exists():
            return redirect("dashboard", slug=slug)
    page = claim_page(artifact, user=user, said=said, error=error)
    return page_response(request, "builders/claim.html", page, status=409 if error else 200)


@never_cache
@login_required
@require_POST
def give_up(request: HttpRequest, slug: str) -> HttpResponse:
    """End the visitor's own claim."""
    held = held_claim(request, slug, least=Role.OWNER)
    give_up_claim(held.claim, actor=signed_in(request))
    return redirect("builders")


def _act(request: HttpRequest, artifact: Artifact, user: User) -> str:
    action = request.POST.get("action", "begin")
    if action == "begin":
        return _begin(artifact, user, method=request.POST.get("method", ""))
    own = _own_claim(request, artifact, user)
    if action == "evidence":
        return _add_evidence(request, own, user)
    if action == "concede":
        concede(own, actor=user)
        return "You have given it up."
    if action == "reply":
        said = request.POST.get("text", "")
        reply_to_dispute(own, dispute_id=posted_id(request, "dispute"), author=user, text=said)
        return "The operator reads it."
    return check_claim(own, actor=user).said


def _own_claim(request: HttpRequest, artifact: Artifact, user: User) -> Claim:
    alive = Claim.objects.filter(artifact=artifact, user=user).exclude(state=Claim.State.LAPSED)
    own = alive.select_related("artifact", "user").first()
    if own is None:
        holding = Claim.objects.verified().filter(artifact=artifact)
        note_attempt(holding, actor=user, what=attempted(request))
        raise Http404
    return own


def _begin(artifact: Artifact, user: User, *, method: str) -> str:
    own = request_claim(artifact, user=user, method=method)
    if own.method in BY_ACCOUNT and own.state == Claim.State.REQUESTED:
        return check_claim(own, actor=user).said
    return ""


def _add_evidence(request: HttpRequest, own: Claim, user: User) -> str:
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        raise ContestError("Say in words what makes it yours; an address must be one of the web.")
    add_evidence(own, author=user, text=form.cleaned_data["text"], url=form.cleaned_data["url"])
    return "The operator reads it."

"""Claiming an artifact, and what a builder sees and says. Every object is looked up through its owner."""

import csv
from typing import cast

from allauth.socialaccount.models import SocialToken
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.models import Artifact, Claim
from catalog.ownership.github import administers
from catalog.ownership.places import Method, Place
from catalog.ownership.proofs import Proof, look_for
from catalog.services.claims import ClaimError, Look, check_claim, give_up_claim, request_claim
from catalog.services.statements import StatementError, propose_statement
from matchgraph.audience import audience
from web.pages.builders import builders_page, claim_page, dashboard_page, welcome_page
from web.views.rendering import page_response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the ways to prove an artifact; a POST begins, checks or gives up the visitor's own claim."""
    artifact = get_object_or_404(Artifact, slug=slug)
    user = _user(request)
    said = error = ""
    if request.method == "POST":
        try:
            said = _act(request, artifact, user)
        except ClaimError as refused:
            error = str(refused)
        if Claim.objects.verified().filter(artifact=artifact, user=user).exists() and not error:
            return redirect("dashboard", slug=slug)
    page = claim_page(artifact, user=user, said=said, error=error)
    return page_response(request, "builders/claim.html", page, status=409 if error else 200)


@never_cache
@require_safe
def builders(request: HttpRequest) -> HttpResponse:
    """Show the visitor's claims; to a stranger, what a claim gives and how to begin."""
    if not request.user.is_authenticated:
        return page_response(request, "builders/welcome.html", welcome_page())
    return page_response(request, "builders/builders.html", builders_page(_user(request)))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one artifact's dashboard to who holds a verified claim to it; a POST proposes words."""
    own = _own_claim(request, slug)
    error = ""
    if request.method == "POST":
        try:
            propose_statement(own, field=request.POST.get("field", ""), value=request.POST.get("value", ""))
        except StatementError as refused:
            error = str(refused)
        else:
            return redirect("dashboard", slug=slug)
    page = dashboard_page(own, error=error)
    return page_response(request, "builders/dashboard.html", page, status=409 if error else 200)


@never_cache
@login_required
@require_safe
def dashboard_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the dashboard's weeks as CSV; a count that speaks of too few visitors is empty."""
    own = _own_claim(request, slug)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{timezone.localdate()}.csv"'
    rows = csv.writer(response)
    rows.writerow(["week", "visitors shown", "mean position", "visitors who took it"])
    for week in audience(own.artifact_id).weeks:
        rows.writerow([week.start, week.shown, week.position, week.taken])
    return response


@never_cache
@login_required
@require_POST
def give_up(request: HttpRequest, slug: str) -> HttpResponse:
    """End the visitor's own claim."""
    give_up_claim(_own_claim(request, slug), actor=_user(request))
    return redirect("builders")


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _own_claim(request: HttpRequest, slug: str) -> Claim:
    """Return the visitor's verified claim; to anybody else there is no such page."""
    own = Claim.objects.verified().select_related("artifact")
    return get_object_or_404(own, artifact__slug=slug, user=_user(request))


def _act(request: HttpRequest, artifact: Artifact, user: User) -> str:
    if request.POST.get("action") == "check":
        own = get_object_or_404(Claim, artifact=artifact, user=user)
        return check_claim(own, actor=user, look=_look_as(user)).said
    own = request_claim(artifact, user=user, method=request.POST.get("method", ""))
    if own.method == Method.GITHUB_ADMIN and own.state == Claim.State.REQUESTED:
        return check_claim(own, actor=user, look=_look_as(user)).said
    return ""


def _look_as(user: User) -> Look:
    """Return how to look for a proof: GitHub's administrators are asked for with the user's own token."""

    def look(token: str, place: Place) -> Proof:
        if place.method != Method.GITHUB_ADMIN:
            return look_for(token, place)
        kept = SocialToken.objects.filter(account__user=user, account__provider="github").last()
        if kept is None:
            return Proof(is_given=False, said="Sign in with GitHub first (Account → Connections).")
        return administers(place.where, token=kept.token, api_url=settings.CONNECTOR_URLS["github"])

    return look

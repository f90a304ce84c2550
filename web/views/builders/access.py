"""Who may open which page of a claim."""

from dataclasses import dataclass
from typing import cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from catalog.models import Claim, Role
from catalog.services.claim_records import note_attempt
from catalog.services.maintainers import role_of


@dataclass(frozen=True)
class Held:
    """A claim that holds, and what the visitor may do with it."""

    claim: Claim
    role: Role


def signed_in(request: HttpRequest) -> User:
    """Return the visitor of a view that only who is signed in reaches."""
    return cast("User", request.user)


def held_claim(request: HttpRequest, slug: str, *, least: Role = Role.VIEWER) -> Held:
    """Return the visitor's claim to an artifact.

    Raises:
        Http404: the visitor has no role in a claim that holds; to them there is no such page.
        PermissionDenied: their role is not enough.
    """
    user = signed_in(request)
    holding = Claim.objects.verified().filter(artifact__slug=slug).select_related("artifact", "user")
    claim = holding.open_to(user).order_by("verified_at").first()
    role = role_of(claim, user) if claim is not None else None
    if claim is None or role is None:
        note_attempt(holding, actor=user, what=attempted(request))
        raise Http404
    if not role.may(least):
        note_attempt([claim], actor=user, what=attempted(request))
        raise PermissionDenied(f"This is for the claim's {least}.")
    return Held(claim, role)


def posted_id(request: HttpRequest, name: str) -> int:
    """Return the number of a row that a form names; 0, which is no row's, where it is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def attempted(request: HttpRequest) -> str:
    """Return what was tried, in our own words: nothing that the visitor wrote gets into the record."""
    route = request.resolver_match.view_name if request.resolver_match else ""
    return f"{request.method} {route}"

"""Looks for a proof as its claimant: with the rights of the accounts that the claimant signed in with."""

from collections.abc import Callable
from typing import Final

from allauth.socialaccount.models import SocialToken
from django.conf import settings
from django.contrib.auth.models import User

from catalog.ownership.github import administers
from catalog.ownership.huggingface import speaks_for
from catalog.ownership.places import Method, Place
from catalog.ownership.proofs import Proof, look_for

Look = Callable[[str, Place], Proof]

PROVIDERS: Final = {Method.GITHUB_ADMIN: "github", Method.HUB_ADMIN: "huggingface"}
NAMES: Final = {"github": "GitHub", "huggingface": "Hugging Face"}


def look_as(user: User) -> Look:
    """Return how to look for a user's proof: in public, or by what an account of theirs administers."""

    def look(token: str, place: Place) -> Proof:
        provider = PROVIDERS.get(place.method)
        return look_for(token, place) if provider is None else _asked(user, place, provider)

    return look


def _asked(user: User, place: Place, provider: str) -> Proof:
    kept = SocialToken.objects.filter(account__user=user, account__provider=provider).last()
    if kept is None:
        return Proof(is_given=False, said=f"Sign in with {NAMES[provider]} first (Account → Connections).")
    address = settings.CONNECTOR_URLS[provider]
    if provider == "github":
        return administers(place.where, token=kept.token, api_url=address)
    return speaks_for(place.where, token=kept.token, hub_url=address)

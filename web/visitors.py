"""Counting visitors without cookies or stored addresses."""

import hashlib
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone

from catalog.models import Artifact, Claim
from web.api.limits import client_address, network_of

BOTS = re.compile(r"bot|crawl|spider|slurp|preview|fetch|monitor|curl|wget|python|headless", re.IGNORECASE)


def visitor_key(request: HttpRequest) -> str | None:
    """Return a hash that names a visitor for one day, None for a bot.

    The day and the site's secret are in it, so yesterday's hash cannot be linked to today's, nor an
    address guessed from it by who has the table alone.
    """
    agent = request.headers.get("User-Agent", "")
    if not agent or BOTS.search(agent):
        return None
    # The browser's name stays out: whoever changes it would become somebody else at will. People behind
    # one address therefore count once a day.
    return network_key(request)


def counted_visitor(request: HttpRequest) -> str | None:
    """Return the visitor whose search counts; None for bots, and for builders who look how their own stands."""
    return None if is_builder(request) else visitor_key(request)


def is_builder(request: HttpRequest, *, of: Artifact | None = None) -> bool:
    """Return whether the visitor is signed in and has or had a role in a claim, to one artifact or to any."""
    # Without the cookie nobody is signed in, and the session need not be looked up.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return False
    claims = Claim.objects.open_to(request.user)
    return (claims.filter(artifact=of) if of else claims).exists()


def network_key(request: HttpRequest) -> str:
    """Return a hash that names an address, of IPv6 its /64 network, for one day."""
    return _hash_of_day(network_of(client_address(request)))


def _hash_of_day(*parts: str) -> str:
    text = "|".join([settings.SECRET_KEY, timezone.localdate().isoformat(), *parts])
    return hashlib.sha256(text.encode()).hexdigest()


def referrer_host(request: HttpRequest) -> str:
    """Return the host of another site that led here, empty where none did or it was our own page."""
    try:
        host = urlsplit(request.headers.get("Referer", "")).hostname or ""
    except ValueError:
        return ""
    own = request.get_host().rpartition(":")[0] or request.get_host()
    return "" if host == own else host


def session_key(request: HttpRequest) -> str | None:
    """Return a hash that names a browser for one day by the cookie that its forms need; None for a bot.

    Whoever throws the cookie away is somebody else, so a limit by session needs one by address beside it.
    """
    agent = request.headers.get("User-Agent", "")
    if not agent or BOTS.search(agent):
        return None
    get_token(request)
    return _hash_of_day("session", str(request.META["CSRF_COOKIE"]))


def is_prefetch(request: HttpRequest) -> bool:
    """Return whether a browser fetches a page ahead, before anybody has asked for it."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in purpose or "preview" in purpose for purpose in purposes)

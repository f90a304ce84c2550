"""Counting visitors without cookies or stored addresses."""

import hashlib
import re

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

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


def network_key(request: HttpRequest) -> str:
    """Return a hash that names an address, of IPv6 its /64 network, for one day."""
    network = network_of(client_address(request))
    text = "|".join([settings.SECRET_KEY, timezone.localdate().isoformat(), network])
    return hashlib.sha256(text.encode()).hexdigest()


def is_prefetch(request: HttpRequest) -> bool:
    """Return whether a browser fetches a page ahead, before anybody has asked for it."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in purpose or "preview" in purpose for purpose in purposes)

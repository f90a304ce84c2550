"""How much one caller may ask for: fixed windows, counted where all web processes see it."""

import hashlib
import ipaddress
import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

logger = logging.getLogger(__name__)

WINDOW_S = 60


@dataclass(frozen=True)
class Policy:
    """How many requests of one class a caller may make in a window, without and with a key."""

    name: str
    anonymous: int
    keyed: int
    window_s: int = WINDOW_S


DAY_S = 86_400
# A search costs about ten times a page; a dump has six files, and `web.export` limits what runs at once.
READ = Policy("read", anonymous=120, keyed=1_200)
SEARCH = Policy("search", anonymous=30, keyed=300)
EXPORT = Policy("export", anonymous=20, keyed=100)
# Whatever becomes of each: a count of new addresses would tell which of them is known.
SUBSCRIBE = Policy("subscribe", anonymous=10, keyed=10, window_s=DAY_S)
# A vote waits a moment for its search, and a person gives one now and then.
VOTE = Policy("vote", anonymous=30, keyed=30)
BY_OPERATION = {
    "search": SEARCH,
    "resolve": SEARCH,
    "compare": SEARCH,
    "validate": SEARCH,
    "feedback": SEARCH,
    "mcp": SEARCH,
    "export": EXPORT,
}


@dataclass(frozen=True)
class Allowance:
    """Where a caller stands: ``remaining`` requests until the window ends in ``reset_s`` seconds."""

    policy: str
    quota: int
    remaining: int
    reset_s: int
    is_exceeded: bool
    window_s: int = WINDOW_S

    @property
    def headers(self) -> dict[str, str]:
        """Return the fields of draft-ietf-httpapi-ratelimit-headers-10, and Retry-After where it is over."""
        fields = {
            "RateLimit-Policy": f'"{self.policy}";q={self.quota};w={self.window_s}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.reset_s}',
        }
        return {**fields, "Retry-After": str(self.reset_s)} if self.is_exceeded else fields


def policy_of(operation: str) -> Policy:
    """Return the policy of an operation, named by the first part of its path after the version."""
    return BY_OPERATION.get(operation, READ)


def client_address(request: HttpRequest) -> str:
    """Return the address that a caller is counted by: behind ``TRUSTED_PROXIES`` the one they saw.

    Only as many entries of X-Forwarded-For are believed as there are proxies of our own, counted from
    the right; what a caller writes to the left of them decides nothing.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops = int(settings.TRUSTED_PROXIES)
    forwarded = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
    ]
    return forwarded[-hops] if 0 < hops <= len(forwarded) else peer


def network_of(address: str) -> str:
    """Return the network that counts as one caller: an IPv6 customer has a /64 to choose from.

    >>> network_of("2001:db8:1:2:aaaa::1"), network_of("192.0.2.7"), network_of("unix")
    ('2001:db8:1:2::/64', '192.0.2.7', 'unix')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address


def caller_name(request: HttpRequest, *, key_id: int | None) -> str:
    """Return what a caller is counted by: the key, else a salted hash of the network."""
    if key_id is not None:
        return f"key:{key_id}"
    text = f"{settings.SECRET_KEY}|{network_of(client_address(request))}"
    return f"net:{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def spend(policy: Policy, *, caller: str, is_keyed: bool) -> Allowance:
    """Count one request and return where the caller stands now.

    Where the counters cannot be reached everybody is let in, and the log says so: a lost counter is no
    reason to close the site.
    """
    now = time.time()
    window, into = divmod(int(now), policy.window_s)
    quota = policy.keyed if is_keyed else policy.anonymous
    key = f"limit:{policy.name}:{caller}:{window}"
    try:
        counters = caches["limits"]
        counters.add(key, 0, timeout=policy.window_s * 2)
        spent = counters.incr(key)
    except Exception:
        logger.warning("Requests are not being counted: the counters cannot be reached", exc_info=True)
        spent = 1
    return Allowance(
        policy=policy.name,
        quota=quota,
        remaining=max(quota - spent, 0),
        reset_s=policy.window_s - into,
        is_exceeded=spent > quota,
        window_s=policy.window_s,
    )

"""Who asks: a key from the request's headers, and what it may do."""

import hashlib

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from catalog.models import ApiKey
from catalog.services.api_keys import used_key
from web.api.problems import Problem
from web.visitors import visitor_key

SCOPE_OF_POLICY = {"read": ApiKey.Scope.READ, "search": ApiKey.Scope.READ, "export": ApiKey.Scope.EXPORT}


def key_of(request: HttpRequest) -> ApiKey | None:
    """Return the key that a request carries, None where it carries none.

    Raises:
        Problem: it carries one that opens nothing (401).
    """
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    text = credentials.strip() if scheme.casefold() == "bearer" else request.headers.get("X-API-Key", "")
    if not text:
        return None
    key = used_key(text)
    if key is None:
        raise Problem(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return key


def api_visitor(request: HttpRequest, key: ApiKey | None) -> str | None:
    """Return whom a search counts for: a key that may give feedback, or a person; programs without count not.

    A key is one visitor a day, however often it asks.
    """
    if key is None:
        return visitor_key(request)
    if ApiKey.Scope.FEEDBACK not in key.scopes:
        return None
    text = "|".join([settings.SECRET_KEY, timezone.localdate().isoformat(), "api-key", str(key.pk)])
    return hashlib.sha256(text.encode()).hexdigest()


def request_key(request: HttpRequest) -> ApiKey | None:
    """Return the key that the middleware has found on a request."""
    return getattr(request, "api_key", None)

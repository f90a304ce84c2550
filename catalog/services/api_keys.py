"""Making, using and revoking keys of the API."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from catalog.models import ApiKey

# Said in every key, so that scanners of leaked secrets know one when they see it.
MARK = "unf_"
PREFIX_LENGTH = len(MARK) + 8
SECRET_BYTES = 32
# Writing down every use would make a write of every read.
LAST_USED_STEP = dt.timedelta(minutes=10)


def create_key(
    name: str,
    *,
    scopes: Sequence[str],
    expires_at: dt.datetime | None = None,
    owner: User | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; return its row and the key itself, which can never be shown again.

    Raises:
        ValueError: a scope is not known, or there is none.
    """
    known = set(ApiKey.Scope.values)
    if not scopes or not set(scopes) <= known:
        raise ValueError(f"a key needs scopes of {', '.join(sorted(known))}")
    text = MARK + secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey.objects.create(
        name=name,
        owner=owner,
        prefix=text[:PREFIX_LENGTH],
        digest=_digest(text),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    return key, text


def used_key(text: str) -> ApiKey | None:
    """Return the valid key that ``text`` is, None for any other; its use is written down now and then.

    The digest is looked up, not compared sign by sign, so that the time it takes tells nothing.
    """
    key = ApiKey.objects.filter(digest=_digest(text)).first()
    now = timezone.now()
    if key is None or not key.is_valid(at=now):
        return None
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - LAST_USED_STEP)
    if key.last_used_at is None or key.last_used_at < now - LAST_USED_STEP:
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    return key


def revoke_key(prefix: str) -> bool:
    """Revoke the key with a prefix from now on; return whether there was a valid one."""
    return bool(ApiKey.objects.filter(prefix=prefix, revoked_at=None).update(revoked_at=timezone.now()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

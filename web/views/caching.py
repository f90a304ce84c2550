"""Public pages are drawn once for all: kept for a minute per state of the data, and told apart by ETag.

While the database is away a page is shown as it was last drawn, up to ten minutes old.
"""

import gzip
import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

from web.freshness import site_version
from web.outage import AWAY, RETRY_AFTER_S
from web.replica import has_replica, replica_reads

logger = logging.getLogger(__name__)

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
KEPT_S = 60
STALE_S = 600
LEVEL = 5


@dataclass(frozen=True)
class StoredPage:
    """A rendered page: its body compressed, and the headers that its view set.

    ``version`` is the state of the data that it was drawn from, ``drawn_at`` seconds on the process's clock.
    """

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str
    version: str
    drawn_at: float

    @property
    def age_s(self) -> int:
        """Return the whole seconds since it was drawn."""
        return int(time.monotonic() - self.drawn_at)

    def is_fresh(self, version: str) -> bool:
        """Whether it shows this state of the data and was drawn within the last minute."""
        return self.version == version and self.age_s < KEPT_S


def public_page(view: View[P]) -> View[P]:
    """Keep what a view of public data renders, the same for every visitor.

    A page that sets a cookie or holds a form's token belongs to one visitor: it is answered as it is and
    marked private. Addresses with a query string are not kept, since anybody can make up any number.
    """

    @wraps(view)
    def kept(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        pages = caches["pages"]
        is_kept = not request.META["QUERY_STRING"]
        stored: StoredPage | None = pages.get(_key(request)) if is_kept else None
        try:
            version = site_version()
            if stored is not None and stored.is_fresh(version):
                return _answer(request, stored)
            response = _drawn(lambda: view(request, *args, **kwargs))
        except AWAY:
            if stored is None:
                raise
            return _answer(request, stored, is_late=True)
        if response.status_code != 200:
            return response
        if request.META.get("CSRF_COOKIE_NEEDS_UPDATE") or response.cookies:
            patch_cache_control(response, private=True, no_store=True)
            return response
        page = _stored(response, version)
        if is_kept:
            pages.set(_key(request), page, STALE_S)
        return _answer(request, page)

    return kept


def _drawn(draw: Callable[[], HttpResponse]) -> HttpResponse:
    """Draw a page from the copy of the database where there is one that answers, else from the primary."""
    if has_replica():
        try:
            with replica_reads():
                return draw()
        except AWAY:
            logger.warning("The copy of the database is away: the page is drawn from the primary")
    return draw()


def _key(request: HttpRequest) -> str:
    address = f"{request.path_info} {request.build_absolute_uri()}"
    return hashlib.sha256(address.encode()).hexdigest()


def _stored(response: HttpResponse, version: str) -> StoredPage:
    digest = hashlib.sha256(response.content).hexdigest()[:32]
    body = gzip.compress(response.content, LEVEL, mtime=0)
    return StoredPage(body, tuple(response.items()), f'W/"{digest}"', version, time.monotonic())


def _answer(request: HttpRequest, stored: StoredPage, *, is_late: bool = False) -> HttpResponse:
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(stored.body if takes_gzip else gzip.decompress(stored.body))
    for name, value in stored.headers:
        response[name] = value
    if takes_gzip:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = stored.etag
    patch_vary_headers(response, ["Accept-Encoding"])
    if is_late:
        # Says how old it is, and is asked for again as soon as the database may be back.
        response["Age"] = str(stored.age_s)
        patch_cache_control(response, public=True, max_age=stored.age_s + RETRY_AFTER_S)
    else:
        patch_cache_control(response, public=True, max_age=KEPT_S, stale_while_revalidate=STALE_S)
    not_modified = get_conditional_response(request, etag=stored.etag, response=response)
    return not_modified if isinstance(not_modified, HttpResponse) else response

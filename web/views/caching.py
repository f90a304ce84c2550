"""Public pages are drawn once for all: kept for a minute per state of the data, and told apart by ETag."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

from web.freshness import site_version

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
KEPT_S = 60
STALE_S = 600
LEVEL = 5


@dataclass(frozen=True)
class StoredPage:
    """A rendered page: its body compressed, and the headers that its view set."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str


def public_page(view: View[P]) -> View[P]:
    """Keep what a view of public data renders, the same for every visitor.

    A page that sets a cookie or holds a form's token belongs to one visitor: it is answered as it is and
    marked private. Addresses with a query string are not kept, since anybody can make up any number.
    """

    @wraps(view)
    def kept(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        pages = caches["pages"]
        key = _key(request)
        stored: StoredPage | None = pages.get(key) if not request.META["QUERY_STRING"] else None
        if stored is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            if request.META.get("CSRF_COOKIE_NEEDS_UPDATE") or response.cookies:
                patch_cache_control(response, private=True, no_store=True)
                return response
            stored = _stored(response)
            if not request.META["QUERY_STRING"]:
                pages.set(key, stored, KEPT_S)
        return _answer(request, stored)

    return kept


def _key(request: HttpRequest) -> str:
    address = f"{site_version()} {request.path_info} {request.build_absolute_uri()}"
    return hashlib.sha256(address.encode()).hexdigest()


def _stored(response: HttpResponse) -> StoredPage:
    digest = hashlib.sha256(response.content).hexdigest()[:32]
    body = gzip.compress(response.content, LEVEL, mtime=0)
    return StoredPage(body, tuple(response.items()), f'W/"{digest}"')


def _answer(request: HttpRequest, stored: StoredPage) -> HttpResponse:
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(stored.body if takes_gzip else gzip.decompress(stored.body))
    for name, value in stored.headers:
        response[name] = value
    if takes_gzip:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = stored.etag
    patch_vary_headers(response, ["Accept-Encoding"])
    patch_cache_control(response, public=True, max_age=KEPT_S, stale_while_revalidate=STALE_S)
    not_modified = get_conditional_response(request, etag=stored.etag, response=response)
    return not_modified if isinstance(not_modified, HttpResponse) else response

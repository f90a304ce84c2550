"""Pictures from content-addressed storage: a name says its content, so it never changes."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

YEAR_S = 31_536_000


def _etag(request: HttpRequest, name: str, digest: str) -> str:
    return f'"{name.rpartition("/")[2].partition(".")[0]}"'


@require_safe
@condition(etag_func=_etag)
def picture(request: HttpRequest, name: str, digest: str) -> HttpResponseBase:
    """Return one picture. The URL pattern lets through nothing but a shard and a SHA-256."""
    return _stored(name, "image/png")


@require_safe
@condition(etag_func=_etag)
def thumbnail(request: HttpRequest, name: str, digest: str) -> HttpResponseBase:
    """Return the thumbnail of the picture of this digest."""
    return _stored(name, "image/webp")


def _stored(name: str, content_type: str) -> HttpResponseBase:
    try:
        content = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content, content_type=content_type)
    patch_cache_control(response, public=True, max_age=YEAR_S, immutable=True)
    return response

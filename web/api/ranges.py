"""Parts of files, so that a download goes on where it was cut off (RFC 9110, 14)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from web.api.problems import Problem

ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
PIECE_BYTES = 1 << 18


class UnsatisfiableError(Exception):
    """The range begins behind the end of the file."""


@dataclass(frozen=True)
class Span:
    """Bytes from ``first`` to ``last``, both included."""

    first: int
    last: int

    @property
    def n_bytes(self) -> int:
        """Return how many there are."""
        return self.last - self.first + 1


def asked_span(header: str, *, size: int) -> Span | None:
    """Return the one span that a Range header asks for; None where the whole is to be sent.

    What is not understood, and several ranges at once, may be answered with the whole (RFC 9110, 14.2).

    Raises:
        UnsatisfiableError: no byte of the file is in the span.

    >>> asked_span("bytes=2-", size=10), asked_span("bytes=-3", size=10), asked_span("bytes=0-0,4-5", size=10)
    (Span(first=2, last=9), Span(first=7, last=9), None)
    """
    match = ONE_RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None
    span = (
        Span(int(first), min(int(last or size), size - 1))
        if first
        else Span(max(size - int(last), 0), size - 1)
    )
    if span.n_bytes < 1:
        raise UnsatisfiableError
    return span


def resumable_file(request: HttpRequest, path: Path, *, etag: str, media_type: str) -> HttpResponseBase:
    """Return a file, or the part of it that is asked for; ``etag`` is strong and quoted.

    Raises:
        Problem: the part lies behind the file's end (416).
        OSError: the file cannot be read.
    """
    size = path.stat().st_size
    try:
        span = asked_span(_range_header(request, etag), size=size)
    except UnsatisfiableError as error:
        headers = {"Content-Range": f"bytes */{size}"}
        raise Problem(416, f"The file has {size} bytes.", headers=headers) from error
    if span is None:
        response: HttpResponseBase = FileResponse(path.open("rb"), content_type=media_type)
    else:
        response = StreamingHttpResponse(_part(path, span), status=206, content_type=media_type)
        response["Content-Range"] = f"bytes {span.first}-{span.last}/{size}"
        response["Content-Length"] = str(span.n_bytes)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    return response


def _range_header(request: HttpRequest, etag: str) -> str:
    """Return the range asked for; none where it was meant for another state of the file."""
    condition = request.headers.get("If-Range", etag)
    return request.headers.get("Range", "") if condition == etag else ""


def _part(path: Path, span: Span) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(span.first)
        left = span.n_bytes
        while left and (piece := file.read(min(PIECE_BYTES, left))):
            left -= len(piece)
            yield piece

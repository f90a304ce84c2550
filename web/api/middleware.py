"""What holds for every answer under ``/api/``: limits, CORS, one form of error, conditions, compression."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
    set_response_etag,
)
from django.utils.http import http_date, parse_http_date_safe

from web.api.compression import takes_zstd, zstd_response
from web.api.keys import SCOPE_OF_POLICY, key_of
from web.api.lifecycle import deprecation_headers
from web.api.limits import Allowance, caller_name, policy_of, spend
from web.api.problems import CONTENT_TYPE, Problem, problem_response

PREFIX = "/api/"
AGENTS = "/mcp"
LONGEST_BODY_BYTES = 1_000_000
CACHE_S = 60
# Any site may read; nobody's cookies are ever looked at, so a wildcard gives nothing away.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Range, Deprecation, ETag, Last-Modified, Link, RateLimit, RateLimit-Policy, "
        "Retry-After, Sunset, X-Snapshot"
    ),
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Authorization, If-Match, If-Modified-Since, If-None-Match, If-Range, Range, X-API-Key"
    ),
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ApiMiddleware:
    """Wraps the API and leaves every other page alone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.gzip = GZipMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        if request.path == AGENTS:
            return self._counted(request)[1]
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        if request.method == "OPTIONS":
            return _with_headers(HttpResponse(status=204), {**CORS, **PREFLIGHT})
        allowance, response = self._counted(request)
        response = _with_headers(response, {**CORS, **allowance.headers, **deprecation_headers(request)})
        patch_vary_headers(response, ["Accept", "Authorization"])
        response = self._packed(request, _conditional(request, response))
        return _bodiless(response) if request.method == "HEAD" else response

    def _packed(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Pack an answer as the client takes it; what is sent in parts lies packed beside itself."""
        if "Accept-Ranges" in response:
            return response
        if isinstance(response, StreamingHttpResponse) and takes_zstd(request):
            return zstd_response(response)
        return self.gzip.process_response(request, response)

    def _counted(self, request: HttpRequest) -> tuple[Allowance, HttpResponseBase]:
        """Return where the caller stands, and the answer; guessing keys is counted by network."""
        policy = policy_of(_operation(request.path))
        try:
            key = key_of(request)
        except Problem as problem:
            allowance = spend(policy, caller=caller_name(request, key_id=None), is_keyed=False)
            refused = Problem(429) if allowance.is_exceeded else problem
            return allowance, problem_response(request, refused)
        if key and SCOPE_OF_POLICY.get(policy.name) not in key.scopes:
            allowance = spend(policy, caller=caller_name(request, key_id=None), is_keyed=False)
        else:
            caller = caller_name(request, key_id=key.pk if key else None)
            allowance = spend(policy, caller=caller, is_keyed=key is not None)
        request.api_key = key  # type: ignore[attr-defined]
        return allowance, self._limited(request, allowance)

    def _limited(self, request: HttpRequest, allowance: Allowance) -> HttpResponseBase:
        if allowance.is_exceeded:
            return problem_response(request, Problem(429))
        if problem := _body_problem(request):
            return problem_response(request, problem)
        if request.path == AGENTS:
            # The protocol has errors of its own.
            return self.get_response(request)
        return _acceptable(request, _as_problem(request, self._answered(request)))

    def _answered(self, request: HttpRequest) -> HttpResponseBase:
        """Answer HEAD as GET; what makes the difference is left out at the end."""
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        try:
            return self.get_response(request)
        finally:
            request.method = "HEAD"


def _operation(path: str) -> str:
    """Return what limits are set by.

    >>> _operation("/api/v1/export/ranks.ndjson"), _operation("/mcp")
    ('export', 'mcp')
    """
    if path == AGENTS:
        return "mcp"
    return path.removeprefix(PREFIX).partition("/")[2].partition("/")[0]


def _body_problem(request: HttpRequest) -> Problem | None:
    """Return what is wrong with the body before anybody reads it."""
    if request.method != "POST":
        return None
    if request.content_type != "application/json":
        return Problem(415)
    length = request.headers.get("Content-Length", "0")
    if not length.isdigit() or int(length) > LONGEST_BODY_BYTES:
        return Problem(413, f"At most {LONGEST_BODY_BYTES:,} bytes are read here.")
    return None


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return an error that something else than the API wrote, such as Django's 404, as a problem."""
    if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
        return response
    kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
    return problem_response(request, Problem(response.status_code, headers=kept))


def _acceptable(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Refuse where the Accept header leaves out the type of the answer; problems are always sent."""
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    if response.status_code >= 300 or not media_type or request.accepts(media_type):
        return response
    _drop(response)
    return problem_response(request, Problem(406, f"This address answers with {media_type}."))


def _drop(response: HttpResponseBase) -> None:
    """Give back what an answer that is not sent holds; ``close`` would also say that the request is over."""
    for close in response._resource_closers:  # type: ignore[attr-defined]  # noqa: SLF001
        close()


def _bodiless(response: HttpResponseBase) -> HttpResponseBase:
    """Return the head alone, with the length that the body would have had where it is known."""
    if isinstance(response, StreamingHttpResponse):
        _drop(response)
        response.streaming_content = ()
    elif isinstance(response, HttpResponse):
        length = len(response.content)
        response.content = b""
        response["Content-Length"] = str(length)
    return response


def _with_headers(response: HttpResponseBase, headers: dict[str, str]) -> HttpResponseBase:
    for name, value in headers.items():
        response[name] = value
    return response


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Answer 304 where the client has it already. Streams name their own ETag."""
    if response.status_code != 200 or request.method not in ("GET", "HEAD"):
        return response
    if not response.has_header("Cache-Control"):
        # What a search answers is counted, and may hold a token of one caller's own.
        is_own = request.path.endswith(("/search", "/resolve"))
        patch_cache_control(response, public=not is_own, private=is_own, max_age=0 if is_own else CACHE_S)
    if isinstance(response, HttpResponse) and not response.has_header("ETag"):
        set_response_etag(response)
    modified = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    if modified is not None:
        response["Last-Modified"] = http_date(modified)
    etag = response.headers.get("ETag")
    answer = get_conditional_response(request, etag=etag, last_modified=modified, response=response)  # type: ignore[arg-type]
    if answer is response or answer is None:
        return response
    _drop(response)
    if answer.status_code == 412:
        return problem_response(request, Problem(412))
    # RFC 9110, 15.4.5: a 304 says what the 200 would have said of itself.
    for name in ("Vary", *CORS, "RateLimit", "RateLimit-Policy"):
        if name in response:
            answer[name] = response[name]
    return answer

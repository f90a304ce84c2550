"""One request to an API and its answer, within limits of time and size. Retries are made here alone."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx

from catalog.sources.base import SourceError
from catalog.sources.fetch import TRANSIENT, is_rate_limited, parse_json, wait_asked_for
from evaluation.runners.base import RecipeError
from evaluation.runners.remote.endpoints import Endpoint

_SHOWN: Final = 300
_DENIED: Final = frozenset({401, 402, 403, 404})


class PassingError(Exception):
    """May work when tried again, after ``wait_s`` where the server said so."""

    def __init__(self, reason: str, *, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class SilentError(PassingError):
    """Nobody answered."""


class AnswerError(Exception):
    """An answer that is not what was asked for; asking again would cost again and change nothing."""


class RequestRefusedError(AnswerError):
    """The server says that the request itself is wrong."""


class RefusalError(Exception):
    """The model or its safety filter would not draw this."""


@dataclass(frozen=True)
class Reply:
    """What came back, and how often it had to be asked for."""

    content: Any
    attempts: int


class Exchange:
    """Sends requests to one endpoint, from several threads if need be."""

    def __init__(self, endpoint: Endpoint, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._endpoint = endpoint
        self._sleep = sleep
        self._turn = threading.Lock()
        self._next_at = 0.0
        headers = {"User-Agent": "unfragile-evaluation/1", "Accept": "application/json"}
        if endpoint.key:
            token = base64.b64encode(endpoint.key.encode()).decode() if endpoint.uses_basic_auth else ""
            headers["Authorization"] = f"Basic {token}" if token else f"Bearer {endpoint.key}"
        timeout = httpx.Timeout(endpoint.silence_s, connect=min(20.0, endpoint.silence_s))
        self._client = httpx.Client(headers=headers, timeout=timeout, follow_redirects=False)

    def post(self, path: str, body: dict[str, Any]) -> Reply:
        """Send JSON and return the JSON that answers it.

        Raises:
            RefusalError: where a safety filter refused the request.
            AnswerError: for an answer that is too large, no JSON, or leads elsewhere.
            PassingError: where every attempt met trouble that passes.
            RecipeError: where the endpoint cannot be used at all.
        """
        request = self._client.build_request("POST", f"{self._endpoint.url.rstrip('/')}{path}", json=body)
        for attempt in range(1, self._endpoint.attempts + 1):
            try:
                return Reply(self._attempt(request), attempt)
            except PassingError as error:
                if attempt == self._endpoint.attempts:
                    self._give_up(error)
                self._wait(error, attempt)
        raise AssertionError("unreachable")

    def fetch(self, url: str) -> bytes:
        """Return a picture from an address that an answer named, if the operator trusts its host.

        The key does not travel along, and redirects are not followed.
        """
        target, own = httpx.URL(url), httpx.URL(self._endpoint.url)
        is_own = (target.scheme, target.host, target.port) == (own.scheme, own.host, own.port)
        is_trusted = target.scheme == "https" and target.host in self._endpoint.picture_hosts
        if not (is_own or is_trusted):
            raise AnswerError(f"the picture lies on another host, {target.host[:80]!r}, which is not trusted")
        request = self._client.build_request("GET", target)
        request.headers.pop("Authorization", None)
        response, content = self._read(request)
        if response.status_code != httpx.codes.OK:
            raise AnswerError(f"the picture's address answers HTTP {response.status_code}")
        return content

    def _attempt(self, request: httpx.Request) -> Any:
        self._take_turn()
        response, content = self._read(request)
        status = response.status_code
        if response.is_redirect:
            raise RecipeError(f"{self._endpoint.name} redirects elsewhere, which is not followed")
        if is_rate_limited(response) or status in TRANSIENT:
            raise PassingError(f"HTTP {status}", wait_s=wait_asked_for(response))
        if status != httpx.codes.OK:
            self._refuse(status, content)
        try:
            return parse_json(content, url=self._endpoint.name)
        except SourceError as error:
            kind = response.headers.get("Content-Type", "no type")
            if "json" in kind:
                raise PassingError(self._shown(str(error))) from error
            raise AnswerError(self._shown(f"the answer is not JSON but {kind}")) from error

    def _read(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        """Send and read to the end, as long as it is neither too large nor too slow."""
        deadline = time.monotonic() + self._endpoint.reply_s
        content = bytearray()
        try:
            response = self._client.send(request, stream=True)
            try:
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > self._endpoint.max_bytes:
                        raise AnswerError(f"the answer is larger than {self._endpoint.max_bytes:,} bytes")
                    if time.monotonic() > deadline:
                        raise PassingError(f"no end of the answer after {self._endpoint.reply_s:g} s")
            finally:
                response.close()
        except httpx.ConnectError as error:
            raise SilentError(f"{self._endpoint.name} cannot be reached") from error
        except httpx.HTTPError as error:
            raise PassingError(self._shown(f"{type(error).__name__} {error}".rstrip())) from error
        return response, bytes(content)

    def _refuse(self, status: int, content: bytes) -> None:
        words, is_filter = read_error(content)
        words = self._shown(words)
        if is_filter:
            raise RefusalError(words)
        if status in _DENIED:
            raise RecipeError(f"{self._endpoint.name} answers HTTP {status}: {words}")
        raise RequestRefusedError(f"HTTP {status}: {words}")

    def _give_up(self, error: PassingError) -> None:
        if isinstance(error, SilentError):
            raise RecipeError(str(error)) from error
        raise PassingError(f"{error}, {self._endpoint.attempts} attempts") from error

    def _wait(self, error: PassingError, attempt: int) -> None:
        asked = error.wait_s
        wait_s = self._endpoint.first_wait_s * 2.0 ** (attempt - 1) if asked is None else asked
        if wait_s > self._endpoint.longest_wait_s:
            raise RecipeError(f"{self._endpoint.name} asks to wait {wait_s:.0f} s; start again later")
        self._sleep(wait_s)

    def _take_turn(self) -> None:
        """Keep the declared distance between two requests."""
        if not self._endpoint.requests_per_minute:
            return
        with self._turn:
            now = time.monotonic()
            wait_s = self._next_at - now
            self._next_at = max(now, self._next_at) + 60.0 / self._endpoint.requests_per_minute
        if wait_s > 0:
            self._sleep(wait_s)

    def _shown(self, words: str) -> str:
        """Return what may be stored of a server's words: short, on one line, without the key."""
        if self._endpoint.key:
            words = words.replace(self._endpoint.key, "[key]")
        return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:_SHOWN]


_FILTER_CODES: Final = frozenset(
    {
        "content_policy_violation",
        "content_filter",
        "moderation_blocked",
        "safety",
        "image_generation_user_error",
    }
)


def read_error(content: bytes) -> tuple[str, bool]:
    """Return an error's words and whether a safety filter speaks.

    >>> read_error(b'{"error": {"code": "moderation_blocked", "message": "Rejected."}}')
    ('Rejected.', True)
    >>> read_error(b'<html>no</html>')
    ('<html>no</html>', False)
    """
    try:
        error = parse_json(content, url="error")
    except SourceError:
        return content[:_SHOWN].decode("utf-8", "replace"), False
    if isinstance(error, dict):
        error = error.get("error") or error.get("detail") or error
    if not isinstance(error, dict):
        return str(error), False
    metadata = error.get("metadata")
    is_flagged = isinstance(metadata, dict) and bool(metadata.get("reasons") or metadata.get("flagged_input"))
    codes = {str(error.get(name, "")).casefold() for name in ("code", "type")}
    return str(error.get("message") or error), is_flagged or bool(codes & _FILTER_CODES)

"""Reads JSON over HTTP from a source that may be slow, broken, hostile or asking for patience."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, Protocol

import httpx

from catalog.ownership.guarded import Document, RefusedAddressError, fetch_document
from catalog.sources.base import PauseError, SourceError, Validator

OK, UNCHANGED, FORBIDDEN, NOT_FOUND, TOO_MANY = 200, 304, 403, 404, 429
TRANSIENT = frozenset({408, 425, TOO_MANY, 500, 502, 503, 504})
ABSENT = frozenset({NOT_FOUND, 410, 451})
MAX_REDIRECTS = 5
USER_AGENT = "unfragile-catalogue/1"


class GuardedFetch(Protocol):
    """Fetches an address that a stranger gave."""

    def __call__(self, url: str, *, etag: str = "") -> Document:
        """Return what lies there, or raise a ``RefusedAddressError``."""
        ...


class Parser(Protocol):
    """Makes something of a body."""

    def __call__(self, body: bytes, *, url: str) -> Any:
        """Return the content, or raise a ``SourceError``."""
        ...


@dataclass(frozen=True)
class Limits:
    """What one run may cost, and how long one reply may take."""

    max_requests: int = 3_000
    run_s: float = 900
    reply_s: float = 60
    silence_s: float = 20
    max_bytes: int = 32 * 2**20
    attempts: int = 4
    longest_wait_s: float = 120
    # An address that a stranger gave is one of many: it may not keep the others waiting.
    longest_stranger_wait_s: float = 10


@dataclass(frozen=True)
class Reply:
    """An answer; ``content`` is None where nothing changed or nothing is there."""

    url: str
    status: int
    content: Any = None
    etag: str = ""
    next_url: str = ""
    last_url: str = ""

    @property
    def is_unchanged(self) -> bool:
        """Tell whether what was read before still holds."""
        return self.status == UNCHANGED

    @property
    def is_absent(self) -> bool:
        """Tell whether the source has nothing under this address."""
        return self.status not in {OK, UNCHANGED}

    @property
    def validators(self) -> tuple[Validator, ...]:
        """Return what to ask with next time; empty where the source gave nothing."""
        if self.status != OK or not self.etag:
            return ()
        return (Validator(self.url, self.etag, self.next_url),)


class TransientError(SourceError):
    """May work when tried again, after ``wait_s`` where the source said so."""

    def __init__(self, message: str, *, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class Fetcher:
    """Sends the requests of one run, within its budget."""

    def __init__(
        self,
        *,
        token: str = "",
        validators: Mapping[str, Validator] | None = None,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
        fetch_guarded: GuardedFetch = fetch_document,
    ) -> None:
        self.requests = 0
        self._fetch_guarded = fetch_guarded
        self._limits = limits or Limits()
        self._validators = validators or {}
        self._sleep = sleep
        self._ends_at = time.monotonic() + self._limits.run_s
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx.Client(headers=headers, timeout=self._limits.silence_s)

    def address(self, url: str, params: Mapping[str, Any]) -> str:
        """Return an address with its parameters, as ``get`` asks for it."""
        return str(httpx.URL(url).copy_merge_params(params))

    def same_place(self, here: str, there: str) -> str:
        """Return the address of a following page that an answer names.

        Raises:
            SourceError: when it leads to another host.
        """
        target = httpx.URL(here).join(there)
        self._same_origin(httpx.URL(here), target)
        return str(target)

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        absent: frozenset[int] = ABSENT,
        parse: Parser | None = None,
    ) -> Reply:
        """Return the JSON at an address, or what ``parse`` makes of it; ``absent`` statuses mean nothing is there.

        Raises:
            PauseError: when the budget is spent or the source asks for a long wait.
            SourceError: when it cannot be read, after several attempts where that may help.
        """
        address = httpx.URL(url).copy_merge_params(params or {})
        return self._patiently(
            lambda: self._attempt(address, absent, parse or parse_json),
            longest_wait_s=self._limits.longest_wait_s,
            too_long=PauseError,
        )

    def get_guarded(self, url: str) -> Reply:
        """Return the text at an address that a stranger gave, within the same budget and with less patience.

        Raises:
            PauseError: when the budget is spent.
            SourceError: when it leads inside, cannot be read, or asks for a long wait: others are not kept waiting.
        """
        return self._patiently(
            lambda: self._guarded_attempt(url),
            longest_wait_s=self._limits.longest_stranger_wait_s,
            too_long=SourceError,
        )

    def _guarded_attempt(self, url: str) -> Reply:
        known = self._validators.get(url)
        self._spend()
        try:
            document = self._fetch_guarded(url, etag=known.etag if known else "")
        except RefusedAddressError as error:
            raise SourceError(f"{url}: {error}") from error
        response = httpx.Response(document.status, headers=document.headers)
        return self._reply(url, response, document.body, absent=ABSENT, known=known, parse=parse_text)

    def _patiently(
        self, attempted: Callable[[], Reply], *, longest_wait_s: float, too_long: type[SourceError]
    ) -> Reply:
        for attempt in range(1, self._limits.attempts + 1):
            try:
                return attempted()
            except TransientError as error:
                if attempt == self._limits.attempts:
                    raise SourceError(f"{error}, {attempt} attempts") from error
                wait_s = 2.0 ** (attempt - 1) if error.wait_s is None else error.wait_s
                if wait_s > longest_wait_s:
                    raise too_long(f"the source asks to wait {wait_s:.0f} s") from error
                self._wait(wait_s)
        raise AssertionError("unreachable")

    def _attempt(self, address: httpx.URL, absent: frozenset[int], parse: Parser) -> Reply:
        known = self._validators.get(str(address))
        request = self._client.build_request("GET", address)
        if known is not None:
            request.headers["If-None-Match"] = known.etag
        for _ in range(MAX_REDIRECTS):
            self._spend()
            response, body = self._exchange(request)
            if response.next_request is None:
                return self._reply(str(address), response, body, absent=absent, known=known, parse=parse)
            request = self._redirected(request, response.next_request)
        raise SourceError(f"{address}: more than {MAX_REDIRECTS} redirects")

    def _exchange(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        """Send and read to the end, as long as it is neither too large nor too slow."""
        deadline = time.monotonic() + self._limits.reply_s
        body = bytearray()
        try:
            response = self._client.send(request, stream=True)
            try:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > self._limits.max_bytes:
                        raise SourceError(f"{request.url}: more than {self._limits.max_bytes:,} bytes")
                    if time.monotonic() > deadline:
                        raise TransientError(f"{request.url}: no end after {self._limits.reply_s:g} s")
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise TransientError(f"{request.url}: {type(error).__name__} {error}".rstrip()) from error
        return response, bytes(body)

    def _reply(
        self,
        url: str,
        response: httpx.Response,
        body: bytes,
        *,
        absent: frozenset[int],
        known: Validator | None,
        parse: Parser,
    ) -> Reply:
        status = response.status_code
        if status == UNCHANGED and known is not None:
            return Reply(url, status, etag=known.etag, next_url=known.next_url)
        if is_rate_limited(response) or status in TRANSIENT:
            raise TransientError(f"{url}: HTTP {status}", wait_s=wait_asked_for(response))
        if status in absent:
            return Reply(url, status)
        if status != OK:
            raise SourceError(f"{url}: HTTP {status}")
        return Reply(
            url,
            status,
            content=parse(body, url=url),
            etag=_sendable(response.headers.get("ETag", "")),
            next_url=self._link(response, "next"),
            last_url=self._link(response, "last"),
        )

    def _link(self, response: httpx.Response, rel: str) -> str:
        link = response.links.get(rel, {}).get("url", "")
        if not link:
            return ""
        target = response.url.join(link)
        self._same_origin(response.url, target)
        return str(target)

    def _redirected(self, request: httpx.Request, following: httpx.Request) -> httpx.Request:
        self._same_origin(request.url, following.url)
        return self._client.build_request("GET", following.url)

    def _same_origin(self, here: httpx.URL, there: httpx.URL) -> None:
        # The token travels along, and a source has no say in where else this machine connects.
        if (here.scheme, here.host, here.port) != (there.scheme, there.host, there.port):
            raise SourceError(f"{here}: leads to another host, {there.host}")

    def _spend(self) -> None:
        if self.requests >= self._limits.max_requests:
            raise PauseError(f"budget spent: {self.requests:,} requests")
        if time.monotonic() >= self._ends_at:
            raise PauseError(f"budget spent: {self._limits.run_s:g} s")
        self.requests += 1

    def _wait(self, wait_s: float) -> None:
        if time.monotonic() + wait_s >= self._ends_at:
            raise PauseError(f"budget spent: {wait_s:.0f} s to wait")
        self._sleep(wait_s)


def _sendable(etag: str) -> str:
    """Return a validator that can be sent back; a header holds ASCII only."""
    return etag[:200] if etag.isascii() else ""


def is_rate_limited(response: httpx.Response) -> bool:
    """Tell whether the source says "too often"; GitHub says it with 403 and an empty allowance."""
    if response.status_code == TOO_MANY:
        return True
    exhausted = response.headers.get("X-RateLimit-Remaining") == "0" or "Retry-After" in response.headers
    return response.status_code == FORBIDDEN and exhausted


def wait_asked_for(response: httpx.Response) -> float | None:
    """Return the seconds that the source asks to wait, or None where it does not say."""
    asked = response.headers.get("Retry-After", "").strip()
    if asked.isdigit():
        return float(asked[:9])
    try:
        if asked:
            return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
        reset = float(response.headers.get("X-RateLimit-Reset", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, reset - time.time())


def parse_json(body: bytes, *, url: str) -> Any:
    """Return parsed JSON that PostgreSQL can keep.

    Raises:
        TransientError: when the text is cut short or is not JSON; a second try may bring it whole.
    """
    try:
        content = json.loads(body, parse_constant=_refuse_constant)
        # PostgreSQL stores neither NUL nor half a surrogate pair; both come only as escapes.
        return _storable(content) if b"\\u0000" in body or b"\\ud" in body.lower() else content
    except (ValueError, RecursionError) as error:
        raise TransientError(f"{url}: not readable as JSON: {str(error)[:120]}") from error


def parse_text(body: bytes, *, url: str) -> str:
    """Return a body that is text.

    Raises:
        SourceError: when it is not UTF-8.
    """
    try:
        return body.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError as error:
        raise SourceError(f"{url}: not readable as UTF-8") from error


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value

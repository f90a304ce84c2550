"""Fetches addresses that strangers gave us, without letting them reach what only we can reach.

The check stands where the connection is made: the name is resolved once, every address it has must be a
public one, and the connection goes to an address that was checked. A name that answers differently the
second time therefore gains nothing, and neither does a redirect, which opens a connection of its own.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from urllib.parse import urljoin

import httpcore

MAX_BYTES: Final = 64 * 1024
MAX_REDIRECTS: Final = 3
CONNECT_S: Final = 5.0
REPLY_S: Final = 10.0
HTTPS_PORT: Final = 443
METADATA_HOSTS: Final = frozenset({"metadata.google.internal", "metadata", "instance-data"})

# What an answer tells of itself and we listen to; nothing else of it is kept.
TOLD: Final = ("location", "etag", "retry-after")
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
# Python calls these global, but each may lead to an IPv4 address or a site's own: NAT64 within a network
# (RFC 8215), site-local (RFC 3879), IPv4-compatible (RFC 4291) and IPv4-translated (RFC 2765) ones.
INWARD: Final = tuple(
    ipaddress.IPv6Network(text) for text in ("64:ff9b:1::/48", "fec0::/10", "::/96", "::ffff:0:0:0/96")
)

Resolver = Callable[[str, int], Sequence[str]]


class RefusedAddressError(Exception):
    """An address that we will not fetch, or an answer that we will not read; the message says which."""


@dataclass(frozen=True)
class Document:
    """What lies at an address: its status, the few headers that matter for asking again, and its bytes."""

    url: str
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the body as text, whatever it is."""
        return self.body.decode("utf-8", errors="replace")


def resolve(host: str, port: int) -> list[str]:
    """Return every address of a host name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, ValueError) as error:
        raise RefusedAddressError(f"{host} cannot be found") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def public_address(host: str, port: int, *, resolver: Resolver = resolve) -> str:
    """Return an address of a host to connect to; refuse the host if any of its addresses is not public."""
    if host.lower().rstrip(".") in METADATA_HOSTS:
        raise RefusedAddressError(f"{host} is not a public host")
    addresses = resolver(host, port)
    if not addresses:
        raise RefusedAddressError(f"{host} cannot be found")
    for address in addresses:
        if not _is_public(address):
            raise RefusedAddressError(f"{host} leads to {address}, which is not a public address")
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        # An IPv4 address in IPv6 clothes reaches what the IPv4 address reaches.
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if any(ip in network for network in INWARD) or (inner is not None and not inner.is_global):
            return False
    # Carrier-grade NAT and the like are not "private" to Python; "global" leaves them out too.
    return ip.is_global and not ip.is_multicast


class _Stream(httpcore.NetworkStream):
    """A connection that ends at a deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send."""
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        """Close."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Begin TLS, which ends at the same deadline."""
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self._stream.get_extra_info(info)

    def _left(self, timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(left, timeout)


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses only."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._deadline = time.monotonic() + REPLY_S
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the address that was checked; TLS still verifies the certificate of the name."""
        address = public_address(host, port, resolver=self._resolver)
        stream = self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
        return _Stream(stream, self._deadline)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Refuse."""
        raise RefusedAddressError("only https addresses are fetched")


def fetch_text(
    url: str,
    *,
    resolver: Resolver = resolve,
    ssl_context: ssl.SSLContext | None = None,
    port: int = HTTPS_PORT,
    max_bytes: int = MAX_BYTES,
    etag: str = "",
) -> Document:
    """Return what lies at an https address, following at most three redirects to https addresses.

    With the ``etag`` of an earlier answer, an unchanged one comes as status 304 without a body.
    ``resolver``, ``ssl_context`` and ``port`` are for tests against servers of their own.

    Raises:
        RefusedAddressError: the address, one it leads to, or the answer is not one we take.
    """
    deadline = time.monotonic() + REPLY_S
    with httpcore.ConnectionPool(
        ssl_context=ssl_context or ssl.create_default_context(), network_backend=_GuardedBackend(resolver)
    ) as pool:
        for _ in range(MAX_REDIRECTS + 1):
            address = _checked_url(url, port=port)
            status, headers, body = _get(pool, address, deadline=deadline, max_bytes=max_bytes, etag=etag)
            location = headers.pop("location", "")
            if not (300 <= status < 400 and location):
                return Document(url, status, body, headers)
            url = _target(url, location)
    raise RefusedAddressError(f"more than {MAX_REDIRECTS} redirects")


def _target(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise RefusedAddressError("it leads to what is not an address") from error


def _checked_url(url: str, *, port: int) -> httpcore.URL:
    try:
        address = httpcore.URL(url)
    except (TypeError, ValueError) as error:
        raise RefusedAddressError("this is not an address") from error
    if address.scheme != b"https":
        raise RefusedAddressError("only https addresses are fetched")
    if b"@" in address.host or not address.host:
        raise RefusedAddressError("the address has no plain host name")
    if address.port not in (None, port):
        raise RefusedAddressError(f"only port {port} is fetched")
    return httpcore.URL(scheme=b"https", host=address.host, port=port, target=address.target)


def _get(
    pool: httpcore.ConnectionPool, address: httpcore.URL, *, deadline: float, max_bytes: int, etag: str
) -> tuple[int, dict[str, str], bytes]:
    timeouts = {"connect": CONNECT_S, "read": CONNECT_S, "write": CONNECT_S, "pool": CONNECT_S}
    headers: dict[bytes | str, bytes | str] = {
        "Host": address.host.decode(),
        "User-Agent": "unfragile-verifier/1",
        "Accept": "text/plain",
    }
    if etag.isascii() and etag:
        headers["If-None-Match"] = etag
    try:
        with pool.stream("GET", address, headers=headers, extensions={"timeout": timeouts}) as response:
            body = bytearray()
            for chunk in response.iter_stream():
                body += chunk
                if len(body) > max_bytes:
                    raise RefusedAddressError(f"the answer is larger than {max_bytes:,} bytes")
                if time.monotonic() > deadline:
                    raise RefusedAddressError(f"no whole answer in {REPLY_S:.0f} s")
    except (
        httpcore.NetworkError,
        httpcore.TimeoutException,
        httpcore.ProtocolError,
        OSError,
        TypeError,
        ValueError,
    ) as error:
        raise RefusedAddressError(
            f"{address.host.decode()} does not answer: {type(error).__name__}"
        ) from error
    told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    # A location that is no ASCII is refused where it is followed; the rest cannot be sent back as it came.
    kept = {
        name: told[name] for name in TOLD if name in told and (name == "location" or told[name].isascii())
    }
    return response.status, kept, bytes(body)


# Manifests are longer than proofs.
fetch_document = partial(fetch_text, max_bytes=200_000)

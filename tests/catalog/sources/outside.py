"""A TLS server on this machine that stands for a stranger's host, and the way to it past the guard."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from catalog.ownership import guarded
from catalog.ownership.guarded import Document
from catalog.sources.fetch import GuardedFetch
from tests.catalog.sources.server import SourceServer
from tests.certificates import make_certificate

HOST = "outside.example"


@contextmanager
def outside_server(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[tuple[SourceServer, GuardedFetch]]:
    """Serve ``https://outside.example``; every other name leads inside and is refused as ever."""
    certificate, key = make_certificate(folder, HOST)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate, key)
    server = SourceServer(tls=server_side)
    real = guarded._is_public
    patch.setattr(guarded, "_is_public", lambda address: address == "127.0.0.1" or real(address))
    trust = ssl.create_default_context(cafile=str(certificate))

    def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == HOST else ["127.0.0.2"]

    fetch = partial(guarded.fetch_document, resolver=resolver, ssl_context=trust, port=server.port)

    def fetch_guarded(url: str, *, etag: str = "") -> Document:
        return fetch(url, etag=etag)

    yield server, fetch_guarded
    server.stop()

"""Addresses that strangers give us lead nowhere but out, and a token proves only what it should."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ownership import guarded
from catalog.ownership.github import administers
from catalog.ownership.guarded import RefusedAddressError, fetch_text, public_address
from catalog.ownership.huggingface import speaks_for
from catalog.ownership.places import SHARED_HOSTS, Method, find_place, places_of
from catalog.ownership.proofs import Proof, line_of, look_for, txt_records
from tests.certificates import make_certificate

INSIDE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104 - refused
    *("224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "ff02::1"),
    *(
        "64:ff9b:1::7f00:1",
        "64:ff9b:1:ffff::a00:1",
        "fec0::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:0:127.0.0.1",
    ),
]


@pytest.mark.parametrize("address", INSIDE)
def test_no_name_leads_inside(address: str) -> None:
    with pytest.raises(RefusedAddressError, match="not a public address"):
        public_address("evil.example", 443, resolver=lambda host, port: [address])


def test_one_address_inside_spoils_a_name() -> None:
    with pytest.raises(RefusedAddressError):
        public_address("evil.example", 443, resolver=lambda host, port: ["93.184.216.34", "127.0.0.1"])


@given(st.ip_addresses(v=4))
def test_what_python_calls_global_is_what_passes(address: object) -> None:
    ip = address
    passes = guarded._is_public(str(ip))
    assert passes == (ip.is_global and not ip.is_multicast)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "url",
    [
        *("http://acme.ai/x", "ftp://acme.ai/x", "file:///etc/passwd", "https://user@acme.ai/", "https:///x"),
        *(
            "https://acme.ai:8443/x",
            "gopher://acme.ai/",
            "//acme.ai",
            "",
            "https://metadata.google.internal/",
        ),
        *(
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://localhost/",
        ),
    ],
)
def test_addresses_of_other_kinds_are_refused(url: str) -> None:
    with pytest.raises(RefusedAddressError):
        fetch_text(url)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    reached: list[str] = []

    class Recorder(httpcore.SyncBackend):
        def connect_tcp(
            self, host: str, port: int, *_args: object, **_kwargs: object
        ) -> httpcore.NetworkStream:
            reached.append(host)
            raise httpcore.ConnectError

    backend = guarded._GuardedBackend(lambda host, port: next(answers))
    backend._backend = Recorder()
    with pytest.raises(httpcore.ConnectError):
        backend.connect_tcp("rebinds.example", 443)
    with pytest.raises(RefusedAddressError):
        backend.connect_tcp("rebinds.example", 443)
    assert reached == ["93.184.216.34"]


LEADING = {
    "/loop": "/loop",
    "/inside": "https://inside.example/secret",
    "/plain": "http://outside.example/file",
}
BROKEN = {
    "/umlaut": "https://outside.example/\u00fc",
    "/bracket": "https://[x",
    "/port": "https://outside.example:99999999/",
    "/port-word": "https://outside.example:abc/",
    "/label": f"https://{'a' * 70}.example/",
}


class Hostile(BaseHTTPRequestHandler):
    """Answers as its path says."""

    def do_GET(self) -> None:
        if self.path == "/file":
            self._send(200, b"hello\nunfragile-claim=tok\n")
        elif location := LEADING.get(self.path, BROKEN.get(self.path, "")):
            self._send(302, b"", location=location)
        elif self.path == "/tag":
            self._send_tag()
        elif self.path == "/endless":
            self._send(200, b"x" * (guarded.MAX_BYTES + 1))
        elif self.path == "/drip":
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100:
                try:
                    self.wfile.write(bytes([byte]))
                except OSError:
                    return
                time.sleep(0.1)
        elif self.path == "/lies":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort")
        else:
            self._send(404, b"nothing")

    def _send_tag(self) -> None:
        """Say what validator was asked with, under headers that are no ASCII."""
        tag = self.headers.get("If-None-Match", "")
        self.send_response(200)
        self.send_header("ETag", '"\u00e9"')
        self.send_header("Retry-After", "\u00e9")
        self.send_header("Content-Length", str(len(tag)))
        self.end_headers()
        self.wfile.write(tag.encode())

    def _send(self, status: int, body: bytes, *, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], guarded.Document]]:
    """Fetch from a local TLS server that stands for `outside.example`; `inside.example` stays inside."""
    certificate, key = make_certificate(tmp_path, "outside.example")
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate, key)
    server = HTTPServer(("127.0.0.1", 0), Hostile)
    server.socket = server_side.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    real = guarded._is_public
    # The local server must pass for a public one, once; the name "inside" has another local address.
    monkeypatch.setattr(guarded, "_is_public", lambda address: address == "127.0.0.1" or real(address))
    trust = ssl.create_default_context(cafile=str(certificate))

    def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "outside.example" else ["127.0.0.2"]

    yield partial(fetch_text, resolver=resolver, ssl_context=trust, port=server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_read(fetch: Callable[[str], guarded.Document]) -> None:
    assert fetch("https://outside.example/file").text == "hello\nunfragile-claim=tok\n"
    assert fetch("https://outside.example/none").status == 404


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/loop", "more than 3 redirects"),
        ("/inside", "not a public address"),
        ("/plain", "only https"),
        ("/endless", "larger than"),
        ("/lies", "does not answer"),
    ],
)
def test_hostile_answers_are_refused(fetch: Callable[[str], guarded.Document], path: str, said: str) -> None:
    with pytest.raises(RefusedAddressError, match=said):
        fetch(f"https://outside.example{path}")


@pytest.mark.parametrize("path", BROKEN)
def test_a_redirect_that_is_no_address_is_refused(
    fetch: Callable[[str], guarded.Document], path: str
) -> None:
    with pytest.raises(RefusedAddressError):
        fetch(f"https://outside.example{path}")


def test_headers_that_cannot_be_sent_back_are_dropped(
    fetch: Callable[..., guarded.Document],
) -> None:
    found = fetch("https://outside.example/tag", etag='"\u00e9"')
    assert (found.status, found.headers, found.body) == (200, {}, b"")
    assert fetch("https://outside.example/tag", etag='"1"').body == b'"1"'


def test_a_homepage_that_is_no_address_is_no_place() -> None:
    assert places_of(homepage="https://[x", github_repo="", hub_id="") == ()


def test_an_answer_that_drips_is_given_up(
    fetch: Callable[[str], guarded.Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded, "REPLY_S", 1.0)
    started = time.monotonic()
    with pytest.raises(RefusedAddressError, match="does not answer"):
        fetch("https://outside.example/drip")
    assert time.monotonic() - started < 5


def test_a_certificate_of_another_name_is_refused(fetch: Callable[[str], guarded.Document]) -> None:
    guarded_resolver = ["127.0.0.1"]
    with pytest.raises(RefusedAddressError):
        fetch_text("https://other.example/file", resolver=lambda host, port: guarded_resolver)


@pytest.mark.parametrize("host", sorted(SHARED_HOSTS))
def test_a_page_on_a_shared_host_is_no_domain_of_ones_own(host: str) -> None:
    for homepage in (f"https://{host}/acme", f"https://www.{host}/", f"https://sub.{host}/"):
        assert places_of(homepage=homepage, github_repo="", hub_id="") == ()


def test_the_token_stands_alone_on_a_line() -> None:
    place = find_place(places_of(homepage="", github_repo="acme/painter", hub_id=""), Method.REPOSITORY)
    assert place is not None

    def proof(text: str, status: int = 200) -> bool:
        return look_for("tok", place, read_text=lambda url: (status, text)).is_given

    assert proof(f"# ours\n  {line_of('tok')}  \n")
    assert not proof(f"somebody asked us to put {line_of('tok')} here")
    assert not proof(line_of("tok2"))
    assert not proof(line_of("tok"), status=404)


@pytest.fixture
def name_server() -> Iterator[tuple[dict[str, object], dns.resolver.Resolver]]:
    """A DNS server of our own that answers as the test says, and a resolver that asks only it."""
    answers: dict[str, object] = {}
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.settimeout(0.1)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                data, peer = sock.recvfrom(4096)
            except TimeoutError:
                continue
            query = dns.message.from_wire(data)
            name = query.question[0].name.to_text()
            said = answers.get(name)
            if isinstance(said, bytes):
                sock.sendto(said, peer)
                continue
            reply = dns.message.make_response(query)
            reply.flags |= dns.flags.RA
            if isinstance(said, list):
                reply.answer.append(dns.rrset.from_text_list(name, 60, "IN", "TXT", said))
            else:
                reply.set_rcode(dns.rcode.NXDOMAIN)
            sock.sendto(reply.to_wire(), peer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port, resolver.lifetime = ["127.0.0.1"], sock.getsockname()[1], 1.0
    yield answers, resolver
    stop.set()
    thread.join()
    sock.close()


def test_txt_records_are_read_in_one_piece(
    name_server: tuple[dict[str, object], dns.resolver.Resolver],
) -> None:
    answers, resolver = name_server
    answers["acme.ai."] = ['"unfragile-claim=" "tok"', '"v=spf1 -all"']
    place = find_place(places_of(homepage="https://acme.ai", github_repo="", hub_id=""), Method.DNS)
    assert place is not None
    proof = look_for("tok", place, read_txt=lambda domain: txt_records(domain, resolver=resolver))
    assert proof == Proof(is_given=True, said="Found in the TXT records of acme.ai.")


@pytest.mark.parametrize("said", [None, [], b"\x00garbage", b""])
def test_a_hostile_name_server_proves_nothing(
    name_server: tuple[dict[str, object], dns.resolver.Resolver],
    said: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers, resolver = name_server
    monkeypatch.setattr("catalog.ownership.proofs.DNS_PATIENCE_S", 0.5)
    answers["acme.ai."] = said or None if said == [] else said
    assert txt_records("acme.ai", resolver=resolver) == []


@pytest.mark.parametrize(
    ("body", "given_"),
    [
        ({"full_name": "Acme/Painter", "permissions": {"admin": True}}, True),
        ({"full_name": "acme/painter", "permissions": {"admin": False, "push": True}}, False),
        ({"full_name": "acme/painter"}, False),
        ({"full_name": "somebody/else", "permissions": {"admin": True}}, False),
        (["admin"], False),
    ],
)
def test_github_says_who_administers(monkeypatch: pytest.MonkeyPatch, body: object, *, given_: bool) -> None:
    monkeypatch.setattr(httpx, "get", lambda url, **kwargs: httpx.Response(200, json=body))
    proof = administers("acme/painter", token="t", api_url="https://api.example")  # noqa: S106
    assert proof.is_given is given_


def test_a_github_that_refuses_or_fails_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(httpx, "get", lambda url, **kwargs: httpx.Response(404, json={}))
    assert "HTTP 404" in administers("acme/painter", token="t", api_url="https://api.example").said  # noqa: S106

    def down(url: str, **_kwargs: object) -> httpx.Response:
        raise httpx.ConnectError("down")

    monkeypatch.setattr(httpx, "get", down)
    assert not administers("acme/painter", token="t", api_url="https://api.example").is_given  # noqa: S106


def hub_says(body: object, *, status: int = 200) -> Callable[..., httpx.Response]:
    return lambda url, **kwargs: httpx.Response(status, json=body)


@pytest.mark.parametrize(
    ("body", "given_", "said"),
    [
        ({"preferred_username": "ACME"}, True, "You are acme"),
        ({"orgs": [{"preferred_username": "acme", "roleInOrg": "admin"}]}, True, "administers acme"),
        ({"orgs": [{"preferred_username": "acme", "roleInOrg": "write"}]}, False, "does not administer"),
        ({"orgs": [{"preferred_username": "acme"}]}, False, "does not administer"),
        (
            {"orgs": [{"preferred_username": "acme-2", "roleInOrg": "admin"}]},
            False,
            "shows us no organisation",
        ),
        (
            {"name": "acme", "orgs": [{"name": "acme", "roleInOrg": "admin"}]},
            False,
            "shows us no organisation",
        ),
        (
            {"orgs": [{"preferred_username": "acme", "roleInOrg": "admin", "missingMFA": True}]},
            False,
            "asks more",
        ),
        ({"orgs": "acme"}, False, "shows us no organisation"),
        ({"orgs": ["acme", None]}, False, "shows us no organisation"),
        (["acme"], False, "HTTP 200"),
    ],
)
def test_hugging_face_says_who_speaks_for_an_organisation(
    monkeypatch: pytest.MonkeyPatch, body: object, *, given_: bool, said: str
) -> None:
    monkeypatch.setattr(httpx, "get", hub_says(body))
    proof = speaks_for("acme/painter", token="t", hub_url="https://hub.example")  # noqa: S106
    assert (proof.is_given, said in proof.said) == (given_, True)


def test_a_sign_in_with_hugging_face_that_is_over_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(httpx, "get", hub_says({}, status=401))
    proof = speaks_for("acme/painter", token="t", hub_url="https://hub.example")  # noqa: S106
    assert (proof.is_given, "Sign in with it again" in proof.said) == (False, True)

"""A small HTTP server on this machine that answers as told, well or badly, and remembers what was asked."""

import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answer:
    """One answer; a body that is not bytes is sent as JSON."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    # Announce so many bytes more than are sent.
    missing_bytes: int = 0
    # Send byte by byte, with this pause between two.
    drip_s: float = 0.0


@dataclass(frozen=True)
class Asked:
    """One request that arrived."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes = b""


Route: TypeAlias = Callable[[Asked], Answer]


def not_found(_asked: Asked) -> Answer:
    """Answer what nobody has told the server about."""
    return Answer({"error": "not found"}, status=404)


class SourceServer:
    """The server; ``say`` sets what a path answers, the last answer being repeated."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self._routes: dict[str, Route] = {}
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def do_POST(self) -> None:
                server.answer(self)

            def log_message(self, *_args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        """Return the address without a slash at its end."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def port(self) -> int:
        """Return the port."""
        return self._http.server_port

    @property
    def paths(self) -> list[str]:
        """Return the paths asked for, in order."""
        return [asked.path for asked in self.asked]

    def say(self, path: str, *answers: Answer) -> None:
        """Let a path give these answers in turn."""
        left = list(answers)
        self.route(path, lambda _asked: left.pop(0) if len(left) > 1 else left[0])

    def route(self, path: str, route: Route) -> None:
        """Let a function answer a path."""
        self._routes[path] = route

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        parts = urlsplit(handler.path)
        sent = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        asked = Asked(parts.path, parse_qs(parts.query), dict(handler.headers), sent)
        self.asked.append(asked)
        route = self._routes.get(parts.path, not_found)
        answer = route(asked)
        if answer.etag and asked.headers.get("If-None-Match") == answer.etag:
            answer = Answer(status=304, etag=answer.etag)
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if answer.etag:
            handler.send_header("ETag", answer.etag)
        handler.send_header("Content-Length", str(len(body) + answer.missing_bytes))
        handler.end_headers()
        self._send(handler, body, answer.drip_s)

    def _send(self, handler: BaseHTTPRequestHandler, body: bytes, drip_s: float) -> None:
        try:
            if not drip_s:
                handler.wfile.write(body)
                return
            for byte in body:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                time.sleep(drip_s)
        except ConnectionError:
            return

    def stop(self) -> None:
        """Stop answering."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

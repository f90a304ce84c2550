"""Answers one MCP request inside a WSGI worker.

The protocol's SDK speaks ASGI. Each request here is complete in itself (no session, JSON instead of a stream
of events), so the SDK's own transport is run for exactly one request on a loop of its own, and no second
server has to be started, watched and scaled. Tools run their queries on the request's thread.
"""

from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

from web.agents.tools import server

# Django has checked the Host header, and nothing here looks at cookies: there is nothing to rebind to.
SECURITY = TransportSecuritySettings(enable_dns_rebinding_protection=False)
KEPT_HEADERS = {
    "accept",
    "content-type",
    "content-length",
    "host",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
}


def answered(request: HttpRequest) -> HttpResponse:
    """Return what the SDK answers to a request."""
    status, headers, body = async_to_sync(_exchange)(_scope(request), request.body)
    response = HttpResponse(body, status=status)
    for name, value in headers.items():
        response[name] = value
    return response


def _scope(request: HttpRequest) -> dict[str, Any]:
    headers = [
        (name.lower().encode(), value.encode("latin-1", "replace"))
        for name, value in request.headers.items()
        if name.lower() in KEPT_HEADERS or name.lower().startswith("mcp-param-")
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": None,
        "server": None,
    }


async def _exchange(scope: dict[str, Any], body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Run the transport for one request: its body in one piece, its answer gathered."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    manager = StreamableHTTPSessionManager(
        server._lowlevel_server,  # noqa: SLF001 - `session_manager` is one for the whole process
        json_response=True,
        stateless=True,
        security_settings=SECURITY,
    )
    async with manager.run():
        await manager.handle_request(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    headers = {name.decode(): value.decode("latin-1") for name, value in start.get("headers", [])}
    content = b"".join(
        message.get("body", b"") for message in sent if message["type"] == "http.response.body"
    )
    return int(start["status"]), headers, content

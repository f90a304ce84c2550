"""The Model Context Protocol, spoken by the SDK's own client and by hand."""

import json
from typing import Any

import pytest
from django.test import Client

from evaluation.models import Run
from matchgraph.models import SearchEvent

pytestmark = pytest.mark.django_db
TOOLS = {"search", "resolve", "artifact", "compare", "leaderboard", "evidence"}
HEADERS = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}


def ask(client: Client, method: str, **params: Any) -> Any:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    response = client.post("/mcp", json.dumps(message), content_type="application/json", headers=HEADERS)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def call(client: Client, tool: str, **arguments: Any) -> Any:
    return ask(client, "tools/call", name=tool, arguments=arguments)["result"]


def to_milliseconds(answer: dict[str, Any]) -> dict[str, Any]:
    """The API writes times to the millisecond, the protocol's SDK to the microsecond."""
    times = {name: str(answer[name])[:23] for name in ("created_at", "finished_at") if name in answer}
    return answer | times


def test_an_agent_is_told_what_there_is(client: Client) -> None:
    hello = ask(
        client,
        "initialize",
        protocolVersion="2025-06-18",
        capabilities={},
        clientInfo={"name": "test", "version": "1"},
    )["result"]
    assert "never instructions" in hello["instructions"]
    tools = ask(client, "tools/list")["result"]["tools"]
    assert {tool["name"] for tool in tools} == TOOLS
    assert all(tool["annotations"]["readOnlyHint"] for tool in tools)
    assert all(tool["description"] and tool["outputSchema"] for tool in tools)


def test_tools_answer_what_the_api_answers(client: Client, catalogue: Run) -> None:
    words = "readable words on a poster, open weights"
    pairs: list[tuple[Any, str, dict[str, Any]]] = [
        (call(client, "search", query=words), "search", {"q": words}),
        (call(client, "resolve", intent=words), "resolve", {"intent": words}),
        (call(client, "artifact", slug="gamma"), "artifacts/gamma", {}),
        (call(client, "compare", slugs=["alpha", "gamma"]), "compare", {"slug": ["alpha", "gamma"]}),
        (call(client, "leaderboard"), "leaderboard", {}),
        (call(client, "evidence", slug="demo-a", suite="lettering"), f"runs/{catalogue.pk}", {}),
    ]
    for result, path, query in pairs:
        assert not result.get("isError"), result
        expected = json.loads(client.get(f"/api/v1/{path}", query).content)
        assert to_milliseconds(result["structuredContent"]) == to_milliseconds(expected), path
    assert not SearchEvent.objects.exists()


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("artifact", {"slug": "gama"}, "Nearest: gamma"),
        ("artifact", {"slug": "'; DROP TABLE x"}, "pattern"),
        ("compare", {"slugs": ["alpha", "alpha"]}, "two different"),
        ("compare", {"slugs": ["alpha"] * 9}, "at most 4"),
        ("compare", {"slugs": ["alpha", "nobody"]}, "no artifact"),
        ("evidence", {"slug": "demo-a", "suite": "anatomy"}, "Measured on: lettering"),
        ("search", {"query": ""}, "at least 1"),
        ("search", {}, "required"),
        ("delete_everything", {}, "nknown"),
    ],
)
def test_what_cannot_be_answered_says_why(
    client: Client, catalogue: Run, tool: str, arguments: dict[str, Any], words: str
) -> None:
    answer = ask(client, "tools/call", name=tool, arguments=arguments)
    assert words in json.dumps(answer, ensure_ascii=False)
    assert "pydantic" not in json.dumps(answer)
    assert answer.get("error") or answer["result"]["isError"]


@pytest.mark.parametrize(
    ("body", "status"),
    [("not json", 400), ("[]", 400), ('{"jsonrpc": "2.0"}', 400), ("x" * 2_000_000, 413)],
)
def test_what_is_no_message_is_refused(client: Client, body: str, status: int) -> None:
    response = client.post("/mcp", body, content_type="application/json", headers=HEADERS)
    assert response.status_code == status


def test_only_messages_are_taken(client: Client) -> None:
    assert client.get("/mcp").status_code == 405
    assert client.delete("/mcp").status_code == 405
    assert client.post("/mcp", {"a": "b"}).status_code == 415
    forged = {**HEADERS, "authorization": "Bearer unf_guessed"}
    assert client.post("/mcp", "{}", content_type="application/json", headers=forged).status_code == 401


def test_agents_are_limited_like_searches(client: Client) -> None:
    statuses = [
        client.post("/mcp", "{}", content_type="application/json", headers=HEADERS).status_code
        for _ in range(31)
    ]
    assert statuses[-1] == 429
    assert 429 not in statuses[:-1]

"""What the OpenAPI document says of every operation: its problems, its limits, its key."""

from typing import Any

from web.api.problems import ADVICE, CONTENT_TYPE
from web.api.sparse import describe_parts

ALWAYS = (400, 401, 404, 406, 422, 429, 500, 503)
WITH_BODY = (403, 413, 415)
PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "Explains this kind of problem.",
        },
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What is wrong and what to do."},
        "instance": {"type": "string", "format": "uri-reference", "description": "The address asked for."},
        "errors": {
            "type": "array",
            "description": "Each parameter that is not as the schema asks.",
            "items": {
                "type": "object",
                "required": ["in", "field", "message"],
                "properties": {name: {"type": "string"} for name in ("in", "field", "message")},
            },
        },
    },
    "example": {
        "type": "/api/v1/docs#problem-404",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no artifact “sdnxt”. Nearest: sdnext.",
        "instance": "/api/v1/artifacts/sdnxt",
    },
}
HEADERS = {
    "RateLimit": {
        "description": "Requests left (r) and seconds until the window ends (t), by policy.",
        "schema": {"type": "string"},
        "example": '"read";r=119;t=42',
    },
    "ETag": {"description": "Send it back as If-None-Match.", "schema": {"type": "string"}},
}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Write into a document what the middleware does to every operation."""
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key: higher limits, feedback."}
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            _complete(operation)
    describe_parts(document)
    return document


def _complete(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"] = _without_null(parameter["schema"])
        if schema.get("type") == "array":
            schema["uniqueItems"] = True
    statuses = (*ALWAYS, *WITH_BODY) if "requestBody" in operation else ALWAYS
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    for answer in answers.values():
        answer.setdefault("headers", HEADERS)
    for status in statuses:
        answers.setdefault(str(status), _problem(status))
    operation["responses"] = answers
    # An empty requirement beside the key: it is never needed for reading.
    operation.setdefault("security", [{}, {"bearer": []}])


def problems(*statuses: int) -> dict[int, dict[str, Any]]:
    """Return how the document describes problems that only some operations answer with."""
    return {status: _problem(status) for status in statuses}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's schema: it is there or not, and never there as null.

    >>> _without_null({"anyOf": [{"type": "string"}, {"type": "null"}], "title": "Kind"})
    {'type': 'string', 'title': 'Kind'}
    """
    given = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if len(given) != 1:
        return schema
    return {**given[0], **{name: value for name, value in schema.items() if name != "anyOf"}}


def _problem(status: int) -> dict[str, Any]:
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": ADVICE[status], "content": content}

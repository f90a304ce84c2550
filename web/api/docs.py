"""The API's documentation as a plain page of the site: no script, nothing from elsewhere."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from web.api.problems import ADVICE
from web.pages.meta import Crumb, Meta
from web.views.rendering import page_response


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation."""

    name: str
    place: str
    words: str
    is_required: bool


@dataclass(frozen=True)
class OperationDoc:
    """One operation as the page shows it."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    answer: str
    is_deprecated: bool


@dataclass(frozen=True)
class DocsPage:
    """The operations by tag, and the problems."""

    meta: Meta
    description: str
    groups: tuple[tuple[str, tuple[OperationDoc, ...]], ...]
    problems: tuple[tuple[int, str], ...]
    document_path: str


class PlainDocs(DocsBase):
    """Draws the OpenAPI document with the site's own template."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """Return the page."""
        document = api.get_openapi_schema()
        return page_response(request, "api/docs.html", docs_page(document, path=request.path))


def docs_page(document: dict[str, Any], *, path: str) -> DocsPage:
    """Return the page object of an OpenAPI document."""
    groups: dict[str, list[OperationDoc]] = {}
    for address, operations in document["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(method, address, operation))
    return DocsPage(
        meta=Meta(
            title="API",
            description="The JSON API: every operation, its parameters and its problems.",
            path=path,
            crumbs=(Crumb("API", path),),
        ),
        description=document["info"]["description"],
        groups=tuple((tag, tuple(items)) for tag, items in groups.items()),
        problems=tuple(sorted(ADVICE.items())),
        document_path=path.replace("docs", "openapi.json"),
    )


def _operation(method: str, address: str, operation: dict[str, Any]) -> OperationDoc:
    answer: dict[str, Any] = next(iter(operation["responses"].values()))
    content: dict[str, Any] = next(iter(answer.get("content", {}).values()), {})
    schema: dict[str, Any] = content.get("schema", {})
    # With `fields` an answer may also be a part of the whole, which comes first.
    schema = schema.get("anyOf", [schema])[0]
    return OperationDoc(
        anchor=operation["operationId"],
        method=method.upper(),
        path=address,
        summary=operation["summary"],
        description=operation.get("description", ""),
        parameters=tuple(
            Parameter(item["name"], item["in"], item.get("description", ""), item["required"])
            for item in operation.get("parameters", ())
        ),
        answer=schema.get("title") or schema.get("$ref", "").rpartition("/")[2],
        is_deprecated=operation.get("deprecated", False),
    )

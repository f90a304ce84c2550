"""Sparse answers: only the fields that a program asks for (`fields=slug,rank`)."""

from typing import Annotated, Any, get_args

from django.http import HttpResponse, JsonResponse
from ninja import Query
from ninja.responses import NinjaJSONEncoder
from pydantic import BaseModel

from web.api.problems import Problem

NAME = "fields"
Fields = Annotated[
    str | None,
    Query(
        pattern="^[a-z_]+(,[a-z_]+)*$",
        max_length=2_000,
        description="Only these fields of the answer, separated by commas; of a list those of each item.",
    ),
]


def only(answer: BaseModel, fields: str | None) -> BaseModel | HttpResponse:
    """Return an answer with the fields asked for; of a list, with its items cut so and the rest whole.

    Raises:
        Problem: a field is asked for that the answer does not have (422).
    """
    if fields is None:
        return answer
    asked = set(fields.split(","))
    item = item_model(type(answer))
    known = (item or type(answer)).model_fields
    if unknown := sorted(asked - known.keys()):
        message = f"There is no field {', '.join(unknown)}. There are: {', '.join(known)}."
        raise Problem(422, message, errors=[{"in": "query", "field": NAME, "message": message}])
    rest = {name: True for name in type(answer).model_fields if name != "items"}
    include: Any = rest | {"items": {"__all__": asked}} if item else asked
    return JsonResponse(answer.model_dump(include=include), encoder=NinjaJSONEncoder)


def item_model(model: type[BaseModel]) -> type[BaseModel] | None:
    """Return what a list is of; None for an answer that is no list."""
    field = model.model_fields.get("items")
    return get_args(field.annotation)[0] if field else None


def describe_parts(document: dict[str, Any]) -> None:
    """Write into a document which fields may be asked for, and that an answer may then lack the others."""
    schemas = document["components"]["schemas"]
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == NAME:
                    _describe(operation, parameter, schemas)


def _describe(operation: dict[str, Any], parameter: dict[str, Any], schemas: dict[str, Any]) -> None:
    answer = next(iter(operation["responses"].values()))["content"]["application/json"]
    whole = answer["schema"]["$ref"].rpartition("/")[2]
    items = schemas[whole]["properties"].get("items")
    asked_of = items["items"]["$ref"].rpartition("/")[2] if items else whole
    part = _part(schemas, asked_of)
    if items:
        properties = schemas[whole]["properties"] | {"items": items | {"items": part}}
        schemas[f"{whole}Part"] = schemas[whole] | {"title": f"{whole}Part", "properties": properties}
        part = {"$ref": f"#/components/schemas/{whole}Part"}
    answer["schema"] = {"anyOf": [answer["schema"], part]}
    names = {"type": "string", "enum": list(schemas[asked_of]["properties"])}
    parameter |= {"style": "form", "explode": False}
    parameter["schema"] = {"type": "array", "items": names, "minItems": 1}


def _part(schemas: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a reference to a shape of which any field may be missing."""
    whole = {key: value for key, value in schemas[name].items() if key != "required"}
    schemas[f"{name}Part"] = whole | {"title": f"{name}Part"}
    return {"$ref": f"#/components/schemas/{name}Part"}

"""Payloads in the shapes that the sources send, with values of our own."""

from typing import Any


def router_model(id_: str = "acme/painter-1", **fields: Any) -> dict[str, Any]:
    """Return one model of OpenRouter's list."""
    return {
        "id": id_,
        "canonical_slug": f"{id_}-20260101",
        "hugging_face_id": "",
        "name": "Acme: Painter 1",
        "created": 1767225600,
        "description": "Paints.",
        "context_length": 32000,
        "architecture": {"modality": "text->text+image", "output_modalities": ["image", "text"]},
        "pricing": {"prompt": "0.000008", "completion": "0.000015", "web_search": "0.01"},
        "per_request_limits": None,
        "expiration_date": None,
        **fields,
    }


def hub_model(id_: str = "acme/painter-one", **fields: Any) -> dict[str, Any]:
    """Return one model as the Hub lists it."""
    return {
        "_id": "000000000000000000000000",
        "id": id_,
        "author": id_.partition("/")[0],
        "cardData": {"license": "apache-2.0", "language": ["en"], "tags": ["text-to-image"]},
        "createdAt": "2026-01-02T03:04:05.000Z",
        "lastModified": "2026-10-11T12:13:14.000Z",
        "gated": False,
        "private": False,
        "likes": 120,
        "downloads": 4500,
        "library_name": "diffusers",
        "pipeline_tag": "text-to-image",
        "sha": "0" * 40,
        "tags": ["diffusers", "safetensors", "license:apache-2.0", "region:us"],
        **fields,
    }


def repository(name: str = "acme/studio", **fields: Any) -> dict[str, Any]:
    """Return a repository as GitHub describes it."""
    return {
        "id": 1,
        "full_name": name,
        "private": False,
        "description": "A studio.",
        "stargazers_count": 7000,
        "forks_count": 500,
        "open_issues_count": 60,
        "archived": False,
        "pushed_at": "2026-10-20T10:00:00Z",
        "topics": ["webui", "image-generation"],
        "license": {"key": "apache-2.0", "spdx_id": "Apache-2.0", "name": "Apache License 2.0"},
        **fields,
    }


def package(name: str = "acme-studio", **info: Any) -> dict[str, Any]:
    """Return a package as PyPI describes it."""

    def upload(time: str, *, yanked: bool = False) -> dict[str, Any]:
        return {"filename": "a.whl", "upload_time_iso_8601": time, "yanked": yanked, "size": 1}

    return {
        "info": {
            "name": name,
            "version": "2.1.0",
            "license": None,
            "license_expression": "Apache-2.0",
            "requires_python": ">=3.11",
            "summary": "A studio.",
            **info,
        },
        "last_serial": 1,
        "releases": {
            "1.0.0": [upload("2024-03-01T08:00:00.000000Z")],
            "2.0.0": [],
            "2.1.0": [upload("2026-09-30T08:00:00.000000Z"), upload("2026-09-30T08:00:01.000000Z")],
            "2.2.0": [upload("2026-10-30T08:00:00.000000Z", yanked=True)],
        },
    }

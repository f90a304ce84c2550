"""Payloads in the shapes that the sources send, with values of our own.

For OpenRouter's list and the Hub recorded answers exist (``test_recorded.py``). Those of GitHub, PyPI,
Replicate, Civitai, models.dev and OpenRouter's Image API follow the shapes that their documentation shows.
"""

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


def image_endpoints(id_: str = "acme/painter-1", *pricing: dict[str, Any]) -> dict[str, Any]:
    """Return what OpenRouter's Image API says of one model."""
    prices = pricing or ({"billable": "output_image", "unit": "image", "cost_usd": 0.05},)
    endpoint = {
        "provider_name": "Acme Cloud",
        "provider_slug": "acme",
        "provider_tag": None,
        "supported_parameters": {"resolution": {"type": "enum", "values": ["1K", "2K"]}},
        "allowed_passthrough_parameters": [],
        "supports_streaming": False,
        "pricing": list(prices),
    }
    return {"id": id_, "endpoints": [endpoint]}


def replicate_model(id_: str = "acme/painter", **fields: Any) -> dict[str, Any]:
    """Return a model as Replicate describes it."""
    owner, _, name = id_.partition("/")
    return {
        "url": f"https://replicate.com/{id_}",
        "owner": owner,
        "name": name,
        "description": "Paints.",
        "visibility": "public",
        "github_url": None,
        "paper_url": None,
        "license_url": None,
        "weights_url": None,
        "run_count": 5_681,
        "cover_image_url": "https://replicate.delivery/cover.png",
        "default_example": {"input": {"prompt": "a house"}, "output": ["https://replicate.delivery/o.png"]},
        "latest_version": {
            "id": "0" * 64,
            "created_at": "2026-09-02T10:00:00.000000Z",
            "cog_version": "0.16",
        },
        **fields,
    }


def civitai_model(id_: int = 7, **fields: Any) -> dict[str, Any]:
    """Return a model as Civitai lists it."""
    version = {
        "id": 70,
        "name": "v2",
        "baseModel": "SDXL 1.0",
        "publishedAt": "2026-08-01T00:00:00.000Z",
        "stats": {"downloadCount": 10},
        "files": [{"id": 1, "name": "painter.safetensors", "sizeKB": 6775430.0}],
        "images": [{"url": "https://image.civitai.com/1.jpeg"}],
    }
    return {
        "id": id_,
        "name": "Acme Painter",
        "description": "<p>Paints.</p>",
        "type": "Checkpoint",
        "nsfw": False,
        "allowNoCredit": True,
        "allowCommercialUse": ["Image", "Rent"],
        "allowDerivatives": True,
        "stats": {"downloadCount": 1200, "thumbsUpCount": 90, "thumbsDownCount": 1, "commentCount": 3},
        "creator": {"username": "acme", "image": None},
        "tags": ["base model"],
        "modelVersions": [version, {**version, "id": 69, "publishedAt": "2026-02-01T00:00:00.000Z"}],
        **fields,
    }


def models_dev(model: str = "painter-1", **fields: Any) -> dict[str, Any]:
    """Return the list of models.dev with one model of one provider."""
    listed = {
        "id": model,
        "name": "Painter 1",
        "attachment": True,
        "reasoning": False,
        "tool_call": False,
        "release_date": "2026-04-02",
        "last_updated": "2026-04-02",
        "modalities": {"input": ["text", "image"], "output": ["text", "image"]},
        "open_weights": False,
        "cost": {"input": 2.5, "output": 12, "cache_read": 0.25},
        "limit": {"context": 32_000, "output": 8_000},
        **fields,
    }
    provider = {
        "id": "acme",
        "env": ["ACME_KEY"],
        "npm": "@ai-sdk/acme",
        "name": "Acme",
        "doc": "https://acme.ai",
    }
    return {"acme": {**provider, "models": {model: listed}}}


MANIFEST = """\
manifest_version: 1
name: Painter
kind: model
summary: Paints posters with readable lettering from a sentence.
openness: open-weights
licence: apache-2.0
hub_id: acme/painter
best_for: ["Posters"]
capabilities:
  - name: Lettering
    description: Letters a poster so that people can read it.
    inputs: [text]
    outputs: [image]
    intents: ["make a poster with a headline"]
offers:
  - plan: Hosted
    unit: image
    amount: "0.02"
"""

"""Where the APIs are, and as whom they are asked. Operators say so in settings; recipes only name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from evaluation.runners.base import RecipeError


@dataclass(frozen=True)
class Endpoint:
    """An API with its limits. ``key`` comes from the environment and is never shown."""

    name: str
    url: str
    key: str = field(default="", repr=False)
    uses_basic_auth: bool = False
    # Hosts besides the API's own from which pictures may be fetched.
    picture_hosts: tuple[str, ...] = ()
    requests_per_minute: float = 0.0
    # Until the whole answer is there, and between two parts of it.
    reply_s: float = 300.0
    silence_s: float = 180.0
    max_bytes: int = 48 * 2**20
    attempts: int = 4
    first_wait_s: float = 1.0
    longest_wait_s: float = 120.0


def configured_endpoint(name: str) -> Endpoint:
    """Return the endpoint of this name from the setting ``EVALUATION_ENDPOINTS``.

    Raises:
        RecipeError: where no operator has set it up.
    """
    endpoints: dict[str, dict[str, Any]] = settings.EVALUATION_ENDPOINTS
    if name not in endpoints:
        raise RecipeError(f"unknown endpoint {name!r}; there are {', '.join(sorted(endpoints))}")
    endpoint = Endpoint(name=name, **endpoints[name])
    if not endpoint.url:
        raise RecipeError(f"the endpoint {name!r} has no address; set {name.upper()}_API_URL")
    if not endpoint.url.startswith(("https://", "http://")):
        raise RecipeError(f"the endpoint {name!r} has no http address: {endpoint.url!r}")
    return endpoint


def split_location(location: str) -> tuple[str, str]:
    """Return endpoint and model of a recipe's location.

    >>> split_location("openrouter:openai/gpt-5.4-image-2")
    ('openrouter', 'openai/gpt-5.4-image-2')
    """
    endpoint, separator, model = location.partition(":")
    if not (separator and endpoint and model):
        raise RecipeError(f"{location!r} is not ENDPOINT:MODEL")
    return endpoint, model

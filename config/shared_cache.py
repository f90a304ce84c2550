"""A cache that all processes share, and that each does alone while the server is away."""

import json
from typing import Any

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)


class JsonSerializer:
    """JSON instead of Django's pickles: who can write to the broker must not run code here."""

    def dumps(self, value: Any) -> bytes:
        """Return bytes; a whole number stays one that Redis can count up."""
        return json.dumps(value).encode()

    def loads(self, value: bytes) -> Any:
        """Return what was stored."""
        return json.loads(value)


class SharedCache(RedisCache):
    """Counts of attempts in Redis, where every process sees them.

    While Redis cannot be reached each process counts in its own memory: attempts stay limited, and nobody is
    kept from signing in by a server that is away.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._own = LocMemCache(f"own {server}", {"TIMEOUT": params.get("TIMEOUT", 300)})

    def add(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Set a value where there is none."""
        try:
            return super().add(key, value, timeout, version)
        except RedisError as error:
            return self._alone(error).add(key, value, timeout, version)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return a value."""
        try:
            return super().get(key, default, version)
        except RedisError as error:
            return self._alone(error).get(key, default, version)

    def set(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Set a value."""
        try:
            super().set(key, value, timeout, version)
        except RedisError as error:
            self._alone(error).set(key, value, timeout, version)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value."""
        try:
            return super().delete(key, version)
        except RedisError as error:
            return self._alone(error).delete(key, version)

    def _alone(self, error: RedisError) -> LocMemCache:
        logger.warning("attempts are counted in each process alone", reason=type(error).__name__)
        return self._own

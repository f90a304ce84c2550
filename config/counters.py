"""Where short-lived counters are kept: in the broker where it is Redis, else in each process."""

from typing import Any, Final

SOCKET = "redis+socket://"
TIMEOUT_S = 0.25
LOCAL: Final = "django.core.cache.backends.locmem.LocMemCache"


def counters(url: str) -> dict[str, Any]:
    """Return the cache settings for a server's URL; its keys never meet those of the queues.

    >>> counters("redis+socket:///run/valkey.sock")["LOCATION"]
    'unix:///run/valkey.sock'
    >>> counters("amqp://queue.example.org//")["BACKEND"]
    'django.core.cache.backends.locmem.LocMemCache'
    """
    if url.startswith(SOCKET):
        url = "unix://" + url.removeprefix(SOCKET)
    if not url.startswith(("redis://", "rediss://", "unix://")):
        return {"BACKEND": LOCAL}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "unfragile",
        # Counting must never keep an answer waiting for a server that is away.
        "OPTIONS": {"socket_timeout": TIMEOUT_S, "socket_connect_timeout": TIMEOUT_S},
    }


def attempts(url: str) -> dict[str, Any]:
    """Return the cache settings for attempts to sign in: shared, and each process alone while it is away.

    >>> attempts("redis://cache.example.org/0")["BACKEND"]
    'config.shared_cache.SharedCache'
    >>> attempts("amqp://queue.example.org//")["BACKEND"]
    'django.core.cache.backends.locmem.LocMemCache'
    """
    cache = counters(url)
    if cache["BACKEND"] == LOCAL:
        return cache
    options = {**cache["OPTIONS"], "serializer": "config.shared_cache.JsonSerializer"}
    return {
        **cache,
        "BACKEND": "config.shared_cache.SharedCache",
        "KEY_PREFIX": "unfragile-attempts",
        "OPTIONS": options,
    }

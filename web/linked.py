"""Linked data on its way into a page."""

from collections.abc import Mapping
from typing import Final

ADDRESSES: Final = frozenset({"url", "item", "contentUrl", "thumbnailUrl"})


def absolute(item: Mapping[str, object], *, origin: str) -> dict[str, object]:
    """Return linked data whose addresses on this site are whole ones, at any depth.

    >>> absolute({"@type": "ListItem", "item": "/a/", "name": "/"}, origin="https://x.test")
    {'@type': 'ListItem', 'item': 'https://x.test/a/', 'name': '/'}
    """
    return {name: _absolute(name, value, origin) for name, value in item.items()}


def _absolute(name: str, value: object, origin: str) -> object:
    if isinstance(value, Mapping):
        return absolute(value, origin=origin)
    if isinstance(value, list | tuple):
        return [_absolute(name, part, origin) for part in value]
    if name in ADDRESSES and isinstance(value, str) and value.startswith("/"):
        return origin + value
    return value

"""The one way in which records become bytes, and back: what the digest is taken of and the export holds.

A file of inputs holds one artifact a line. The digest of a snapshot is the SHA-256 of the formula's line
followed by the lines of the inputs, so that ``cat formula.json inputs.ndjson | sha256sum`` prints it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Hashable, Iterable
from dataclasses import fields
from functools import cache
from typing import Any, cast

from ranking.compute.records import ArtifactInputs, SignalInput, SignalResult


def canonical_json(content: Any) -> str:
    r"""Return a JSON value in its one form: sorted keys, no blanks, ASCII.

    >>> canonical_json({"b": 1, "a": "é"})
    '{"a":"\\u00e9","b":1}'
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest_of(content: Any) -> str:
    """Return the SHA-256 of a JSON value in its one form."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


# Fields that joined after the first snapshots: left out while empty, so that those keep their names.
LATER_FIELDS = frozenset({"doubt", "grace_days", "is_archived"})


def plain(record: Any) -> dict[str, Any]:
    """Return a frozen record as a JSON value; dates in ISO 8601.

    A third of the time of ``dataclasses.asdict``, which copies every value deeply.
    """
    found = {}
    for name in _field_names(cast(Hashable, type(record))):
        value = getattr(record, name)
        if value is not None or name not in LATER_FIELDS:
            found[name] = _json(value)
    return found


@cache
def _field_names(record_type: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cast(Any, record_type)))


def _json(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else plain(value)


def canonical_line(content: Any) -> bytes:
    """Return a JSON value as a line of an export."""
    return canonical_json(content).encode() + b"\n"


def snapshot_digest(definition: dict[str, Any], inputs: Iterable[ArtifactInputs]) -> str:
    """Return the name of the snapshot that a formula's definition and inputs give."""
    digest = hashlib.sha256(canonical_line(definition))
    for artifact in inputs:
        digest.update(canonical_line(plain(artifact)))
    return digest.hexdigest()


def signal_from_json(raw: dict[str, Any]) -> SignalInput:
    """Return a signal as it was before it became JSON.

    Raises:
        TypeError: a key is missing or not known.
        ValueError: a date is none.
    """
    as_of = raw.get("as_of")
    return SignalInput(**{**raw, "as_of": dt.date.fromisoformat(as_of) if as_of else None})


def inputs_from_json(raw: dict[str, Any]) -> ArtifactInputs:
    """Return an artifact's inputs as they were before they became JSON.

    Raises:
        TypeError: a key is missing or not known.
        ValueError: a date is none.
    """
    signals = tuple(signal_from_json(signal) for signal in raw["signals"])
    return ArtifactInputs(**{**raw, "signals": signals})


def signal_result_from_json(raw: dict[str, Any]) -> SignalResult:
    """Return a scored signal as it was before it became JSON."""
    given = signal_from_json(raw["given"]) if raw["given"] else None
    return SignalResult(**{**raw, "given": given})

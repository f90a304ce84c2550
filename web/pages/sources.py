"""Where values come from, as pages cite it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalog.models import SourceRecord
from catalog.vocabulary import SourceKind
from web.formatting import SOURCE_KINDS, external_url


@dataclass(frozen=True)
class Source:
    """A name, a place to read it and the day on which it was true."""

    name: str
    url: str
    as_of: dt.date | None
    kind: str = ""


def source_of(record: SourceRecord, *, as_of: dt.date | None = None) -> Source:
    """Return a stored source as pages cite it."""
    return Source(
        name=record.name,
        url=external_url(record.url),
        as_of=as_of or record.observed_on,
        kind=SOURCE_KINDS[SourceKind(record.kind)],
    )


def source_from_json(row: Mapping[str, str]) -> Source:
    """Return a source that the database put together: ``name``, ``url``, ``kind`` and ``as_of``."""
    return Source(
        name=row["name"],
        url=external_url(row["url"]),
        as_of=dt.date.fromisoformat(row["as_of"]),
        kind=SOURCE_KINDS[SourceKind(row["kind"])],
    )


def distinct_sources(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Return each source once, by name and then newest first."""
    return tuple(sorted(set(sources), key=_name_then_newest))


def _name_then_newest(source: Source) -> tuple[str, str, int]:
    return source.name.casefold(), source.url, -(source.as_of or dt.date.min).toordinal()

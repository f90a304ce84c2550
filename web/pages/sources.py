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
    # From when on the value could not be confirmed; it stands as it was last read.
    stale_since: dt.date | None = None


def source_of(record: SourceRecord, *, as_of: dt.date | None = None) -> Source:
    """Return a stored source as pages cite it."""
    return Source(
        name=record.name,
        url=external_url(record.url),
        as_of=as_of or record.observed_on,
        kind=SOURCE_KINDS[SourceKind(record.kind)],
        stale_since=record.stale_since.date() if record.stale_since else None,
    )


def source_from_json(row: Mapping[str, str]) -> Source:
    """Return a source that the database put together: ``name``, ``url``, ``kind``, ``as_of``, ``stale_since``."""
    return Source(
        name=row["name"],
        url=external_url(row["url"]),
        as_of=dt.date.fromisoformat(row["as_of"]),
        kind=SOURCE_KINDS[SourceKind(row["kind"])],
        stale_since=stale_day(row),
    )


def stale_day(row: Mapping[str, str | None]) -> dt.date | None:
    """Return from when on a source that the database put together could not be read; None where it can."""
    stale = row["stale_since"]
    return dt.datetime.fromisoformat(stale).date() if stale else None


def distinct_sources(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Return each source once, by name and then newest first."""
    return tuple(sorted(set(sources), key=_name_then_newest))


def _name_then_newest(source: Source) -> tuple[str, str, int]:
    return source.name.casefold(), source.url, -(source.as_of or dt.date.min).toordinal()

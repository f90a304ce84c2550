"""PyPI: versions and dates; pypistats.org: downloads."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, Field, ValidationError

from catalog.licences import known_licence, licence_value
from catalog.sources.base import (
    Count,
    IdField,
    Page,
    Query,
    Record,
    Row,
    Source,
    by_id,
    refusal,
)
from catalog.sources.fetch import Fetcher


class Upload(Row):
    """One file of a release."""

    upload_time: Annotated[AwareDatetime, Field(alias="upload_time_iso_8601", strict=False)]
    yanked: bool = False


class Info(Row):
    """What the latest release says of itself."""

    name: str
    version: str
    # Free text, sometimes the whole licence; the expression is SPDX.
    license: str | None = None
    license_expression: str | None = None
    requires_python: str | None = None


class Package(Row):
    """One package."""

    info: Info
    releases: dict[str, list[Upload]] = {}


class RecentDownloads(Row):
    """Downloads without mirrors."""

    last_month: Annotated[int, Field(ge=0, lt=2**63)]


class Downloads(Row):
    """The envelope of the counts."""

    data: RecentDownloads


class PyPI:
    """Reads ``/pypi/<name>/json`` and the downloads of the last month."""

    source: ClassVar = Source.PYPI
    id_field: ClassVar = IdField.PACKAGE
    version: ClassVar = 1

    def __init__(self, fetcher: Fetcher, urls: Mapping[str, str]) -> None:
        self._fetcher = fetcher
        self._url = urls["pypi"]
        self._stats_url = urls["pypistats"]

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield one page per package."""
        yield from by_id(
            query, self.id_field, read=lambda name, asked: self._package(name, asked=asked, since=query.since)
        )

    def _package(self, name: str, *, asked: str, since: dt.date | None) -> Page:
        # Downloads change every day even where the package does not, so neither request is conditional.
        reply = self._fetcher.get(f"{self._url}/pypi/{name}/json")
        stats = self._fetcher.get(f"{self._stats_url}/api/packages/{name}/recent")
        if reply.content is None:
            return Page(missing=(asked,))
        try:
            package = Package.model_validate(reply.content)
            downloads = Downloads.model_validate(stats.content) if stats.content else None
        except ValidationError as error:
            return Page(refusals=(refusal(asked, error),))
        latest = max(upload_dates(package), default=None)
        if since and latest and latest < since:
            return Page()
        record = as_record(package, reply.content, downloads, asked=asked)
        return Page(records=(replace(record, etag=reply.etag),))


def as_record(
    package: Package, content: dict[str, Any], downloads: Downloads | None, *, asked: str
) -> Record:
    """Return what PyPI says about one package of the catalogue."""
    month = downloads.data.last_month if downloads else None
    return Record(
        id=asked,
        url=f"https://pypi.org/project/{package.info.name}/",
        title="PyPI",
        payload=kept_payload(package, content, month),
        facts=facts(package),
        counts=() if month is None else (Count("package_downloads_30d", month),),
    )


def kept_payload(package: Package, content: dict[str, Any], downloads: int | None) -> dict[str, Any]:
    """Return the answer without its file lists, which make up megabytes; of each release, its date."""
    dates = {
        version: min(upload.upload_time for upload in uploads).isoformat()
        for version, uploads in package.releases.items()
        if uploads
    }
    return {"info": content["info"], "releases": dates, "downloads_last_month": downloads}


def upload_dates(package: Package) -> list[dt.date]:
    """Return the days on which a release that still stands was uploaded."""
    return [
        upload.upload_time.date()
        for uploads in package.releases.values()
        for upload in uploads
        if not upload.yanked
    ]


def facts(package: Package) -> dict[str, Any]:
    """Return the fields that PyPI settles; None where it says nothing."""
    dates = upload_dates(package)
    licence = known_licence(package.info.license_expression or package.info.license or "")
    return {
        "licence": licence_value(licence, has_weights=False) if licence else None,
        "released_on": min(dates).isoformat() if dates else None,
        "last_activity_on": max(dates).isoformat() if dates else None,
        "version": package.info.version,
        "requires_python": package.info.requires_python or None,
    }

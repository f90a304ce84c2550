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
    comparable_id,
    refusal,
)
from catalog.sources.fetch import Fetcher, Reply
from catalog.vocabulary import SourceKind


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
    version: ClassVar = 2
    kind: ClassVar = SourceKind.REGISTRY
    needs_token: ClassVar = False

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
        # Downloads change every day even where the package does not: two records, each unchanged by itself.
        reply = self._fetcher.get(f"{self._url}/pypi/{name}/json")
        if reply.is_absent:
            return Page(missing=(asked,))
        stats = self._fetcher.get(f"{self._stats_url}/api/packages/{name}/recent")
        try:
            found = [self._versions(reply, asked=asked, since=since), self._downloads(stats, asked=asked)]
        except ValidationError as error:
            return Page(refusals=(refusal(asked, error),))
        records = tuple(record for record in found if record)
        return Page(records=records, validators=(*reply.validators, *stats.validators))

    def _versions(self, reply: Reply, *, asked: str, since: dt.date | None) -> Record | None:
        if reply.is_unchanged:
            return None
        package = Package.model_validate(reply.content)
        latest = max(upload_dates(package), default=None)
        if since and latest and latest < since:
            return None
        return replace(as_record(package, reply.content, asked=asked), etag=reply.etag)

    def _downloads(self, stats: Reply, *, asked: str) -> Record | None:
        if stats.is_unchanged or stats.is_absent:
            return None
        downloads = Downloads.model_validate(stats.content).data.last_month
        return Record(
            id=asked,
            url=f"https://pypistats.org/packages/{comparable_id(self.id_field, asked)}",
            title="PyPI Stats",
            payload=stats.content,
            counts=(Count("package_downloads_30d", downloads),),
            etag=stats.etag,
        )


def as_record(package: Package, content: dict[str, Any], *, asked: str) -> Record:
    """Return what PyPI says about one package of the catalogue."""
    return Record(
        id=asked,
        url=f"https://pypi.org/project/{package.info.name}/",
        title="PyPI",
        payload=kept_payload(package, content),
        facts=facts(package),
    )


def kept_payload(package: Package, content: dict[str, Any]) -> dict[str, Any]:
    """Return the answer without its file lists, which make up megabytes; of each release, its date."""
    dates = {
        version: min(upload.upload_time for upload in uploads).isoformat()
        for version, uploads in package.releases.items()
        if uploads
    }
    return {"info": content["info"], "releases": dates}


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

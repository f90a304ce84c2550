"""GitHub: stars, forks, issues, contributors, releases, README, licence, archival."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from pydantic import AwareDatetime, Field, ValidationError

from catalog.licences import known_licence, licence_value
from catalog.sources.base import (
    BigCount,
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
from catalog.sources.fetch import ABSENT, FORBIDDEN, Fetcher
from catalog.vocabulary import SourceKind


class RepositoryLicence(Row):
    """What GitHub recognised; "NOASSERTION" where it did not."""

    spdx_id: str | None = None


class Repository(Row):
    """One repository."""

    full_name: Annotated[str, Field(min_length=3, max_length=200)]
    stargazers_count: BigCount
    forks_count: BigCount
    # GitHub counts open pull requests among the issues.
    open_issues_count: BigCount
    archived: bool = False
    pushed_at: Annotated[AwareDatetime | None, Field(strict=False)] = None
    topics: list[str] = []
    license: RepositoryLicence | None = None


class Readme(Row):
    """A repository's README without its text."""

    size: BigCount


class GitHub:
    """Reads ``/repos/<owner>/<name>`` and, where it changed, what is counted beside it."""

    source: ClassVar = Source.GITHUB
    id_field: ClassVar = IdField.GITHUB
    version: ClassVar = 1
    kind: ClassVar = SourceKind.REGISTRY
    needs_token: ClassVar = False

    def __init__(self, fetcher: Fetcher, urls: Mapping[str, str]) -> None:
        self._fetcher = fetcher
        self._url = urls["github"]

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield one page per repository."""
        yield from by_id(query, self.id_field, read=lambda _, asked: self._repository(asked, query))

    def _repository(self, asked: str, query: Query) -> Page:
        reply = self._fetcher.get(f"{self._url}/repos/{asked}")
        if reply.is_absent:
            return Page(missing=(asked,))
        if reply.is_unchanged:
            return Page()
        try:
            repository = Repository.model_validate(reply.content)
            if query.since and repository.pushed_at and repository.pushed_at.date() < query.since:
                return Page()
            readme = self._readme(repository.full_name)
        except ValidationError as error:
            return Page(refusals=(refusal(asked, error),))
        payload = {
            "repository": reply.content,
            "contributors": self._total(f"{repository.full_name}/contributors", anon="true"),
            "releases": self._total(f"{repository.full_name}/releases"),
            "readme_bytes": readme.size if readme else None,
        }
        record = replace(as_record(repository, payload, asked=asked), etag=reply.etag)
        return Page(records=(record,), validators=reply.validators)

    def _readme(self, name: str) -> Readme | None:
        reply = self._fetcher.get(f"{self._url}/repos/{name}/readme")
        return None if reply.content is None else Readme.model_validate(reply.content)

    def _total(self, path: str, **params: str) -> int | None:
        """Count a list without reading it: with one row a page, the number of the last page says it."""
        reply = self._fetcher.get(
            f"{self._url}/repos/{path}",
            params={"per_page": 1, **params},
            # GitHub refuses to count the contributors of the very largest repositories.
            absent=ABSENT | {FORBIDDEN, 204},
        )
        last = parse_qs(urlsplit(reply.last_url).query).get("page", [""])[0]
        if last.isdigit():
            return int(last[:9])
        return len(reply.content) if isinstance(reply.content, list) else None


def as_record(repository: Repository, payload: dict[str, Any], *, asked: str) -> Record:
    """Return what GitHub says about one repository of the catalogue."""
    counts = {
        "stars": repository.stargazers_count,
        "forks": repository.forks_count,
        "open_issues": repository.open_issues_count,
        "contributors": payload["contributors"],
        "releases": payload["releases"],
    }
    is_renamed = comparable_id(IdField.GITHUB, repository.full_name) != comparable_id(IdField.GITHUB, asked)
    return Record(
        id=asked,
        url=f"https://github.com/{repository.full_name}",
        title="GitHub",
        payload=payload,
        facts=facts(repository, readme_bytes=payload["readme_bytes"]),
        counts=tuple(Count(metric, value) for metric, value in counts.items() if value is not None),
        renamed_to=repository.full_name if is_renamed else "",
    )


def facts(repository: Repository, *, readme_bytes: int | None) -> dict[str, Any]:
    """Return the fields that GitHub settles; None where it says nothing."""
    spdx = repository.license.spdx_id if repository.license else None
    licence = known_licence(spdx or "")
    return {
        "licence": licence_value(licence, has_weights=False) if licence else None,
        "last_activity_on": repository.pushed_at.date().isoformat() if repository.pushed_at else None,
        "archived": repository.archived,
        "topics": sorted(repository.topics) or None,
        "readme_bytes": readme_bytes,
    }

"""Replicate: how often hosted models are run, and what they declare to be made of. Prices are not in its API.

Each artifact's model is asked for by name; the list of public models, newest first, shows others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, Field, ValidationError

from catalog.identity import ids_in_address
from catalog.sources.base import (
    BigCount,
    Count,
    IdField,
    Lead,
    Page,
    Query,
    Record,
    Row,
    Source,
    SourceError,
    by_id,
    refusal,
)
from catalog.sources.fetch import Fetcher
from catalog.vocabulary import SourceKind

MAX_LIST_PAGES = 40


class Version(Row):
    """One version of a model."""

    created_at: Annotated[AwareDatetime, Field(strict=False)]


class ReplicateModel(Row):
    """One hosted model."""

    owner: Annotated[str, Field(min_length=1, max_length=80)]
    name: Annotated[str, Field(min_length=1, max_length=110)]
    run_count: BigCount
    visibility: str = "public"
    github_url: str | None = None
    weights_url: str | None = None
    license_url: str | None = None
    paper_url: str | None = None
    latest_version: Version | None = None

    @property
    def id(self) -> str:
        """Return the name under which it is asked for."""
        return f"{self.owner}/{self.name}"


class Replicate:
    """Reads ``/v1/models/<owner>/<name>``, then ``/v1/models`` for models that the catalogue lacks."""

    source: ClassVar = Source.REPLICATE
    id_field: ClassVar = IdField.REPLICATE
    version: ClassVar = 1
    kind: ClassVar = SourceKind.REGISTRY
    needs_token: ClassVar = True

    def __init__(self, fetcher: Fetcher, urls: Mapping[str, str]) -> None:
        self._fetcher = fetcher
        self._url = f"{urls['replicate']}/v1/models"

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield one page per model of the catalogue, then the list page by page."""
        yield from by_id(query, self.id_field, read=lambda _, asked: self._model(asked))
        if query.since is None:
            yield from self._list({id_.casefold() for id_ in query.ids})

    def _model(self, asked: str) -> Page:
        reply = self._fetcher.get(f"{self._url}/{asked}")
        if reply.is_absent:
            return Page(missing=(asked,))
        if reply.is_unchanged:
            return Page()
        try:
            model = ReplicateModel.model_validate(reply.content)
        except ValidationError as error:
            return Page(refusals=(refusal(asked, error),))
        record = replace(as_record(model, reply.content, asked=asked), etag=reply.etag)
        return Page(records=(record,), validators=reply.validators)

    def _list(self, known: set[str]) -> Iterator[Page]:
        url, seen = self._url, set()
        for number in range(1, MAX_LIST_PAGES + 1):
            seen.add(url)
            reply = self._fetcher.get(url)
            rows = reply.content.get("results") if isinstance(reply.content, dict) else None
            if not isinstance(rows, list):
                raise SourceError(f"{self._url}: no list under 'results'")
            leads = tuple(lead for lead in map(as_lead, rows) if lead and lead.id.casefold() not in known)
            yield Page(
                leads=leads, candidates=tuple(lead.id for lead in leads), cursor=f"list, page {number}"
            )
            following = reply.content.get("next")
            if not isinstance(following, str) or following in seen:
                return
            url = self._fetcher.same_place(self._url, following)


def as_record(model: ReplicateModel, payload: dict[str, Any], *, asked: str) -> Record:
    """Return what Replicate says about one model of the catalogue."""
    version = model.latest_version
    return Record(
        id=asked,
        url=f"https://replicate.com/{model.id}",
        title="Replicate",
        # The example's pictures and the schema of its inputs make up most of an answer.
        payload={key: value for key, value in payload.items() if key != "default_example"},
        facts={
            "replicate_version_on": version.created_at.date().isoformat() if version else None,
            "replicate_licence_url": model.license_url,
        },
        counts=(Count("replicate_runs", model.run_count),),
        renamed_to=model.id if model.id.casefold() != asked.casefold() else "",
    )


def as_lead(row: Any) -> Lead | None:
    """Return a listed model as something that may belong to an artifact; None where it cannot be read."""
    try:
        model = ReplicateModel.model_validate(row)
    except ValidationError:
        return None
    if model.visibility != "public":
        return None
    declared = (ids_in_address(url) for url in (model.weights_url, model.github_url) if url)
    return Lead(
        id=model.id,
        name=model.name,
        publisher=model.owner,
        url=f"https://replicate.com/{model.id}",
        declares=tuple(item for item in declared if item),
    )

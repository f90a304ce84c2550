"""Civitai: downloads, thumbs, base model and permitted uses of community checkpoints.

Models of the catalogue are asked for a hundred at a time; the list of checkpoints, most downloaded first,
shows others.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, Field, ValidationError

from catalog.sources.base import (
    BigCount,
    Count,
    IdField,
    Lead,
    Page,
    Query,
    Record,
    Refusal,
    Row,
    Source,
    SourceError,
    key_by_key,
    refusal,
)
from catalog.sources.fetch import Fetcher, Reply
from catalog.vocabulary import SourceKind

PAGE_SIZE = 100
MAX_LIST_PAGES = 20


class Stats(Row):
    """What is counted."""

    downloads: Annotated[BigCount, Field(alias="downloadCount")]
    thumbs_up: Annotated[BigCount | None, Field(alias="thumbsUpCount")] = None


class Creator(Row):
    """Who uploaded it; None for accounts that are gone."""

    username: str | None = None


class ModelVersion(Row):
    """One version, newest first in the list."""

    base_model: Annotated[str | None, Field(alias="baseModel")] = None
    published_at: Annotated[AwareDatetime | None, Field(alias="publishedAt", strict=False)] = None


class CivitaiModel(Row):
    """One model."""

    id: Annotated[int, Field(gt=0)]
    name: Annotated[str, Field(min_length=1, max_length=300)]
    type: str
    nsfw: bool = False
    stats: Stats
    creator: Creator | None = None
    # A list now; older answers hold one word.
    uses: Annotated[list[str] | str | None, Field(alias="allowCommercialUse")] = None
    versions: Annotated[list[ModelVersion], Field(alias="modelVersions")] = []


class Civitai:
    """Reads ``/api/v1/models``."""

    source: ClassVar = Source.CIVITAI
    id_field: ClassVar = IdField.CIVITAI
    version: ClassVar = 1
    kind: ClassVar = SourceKind.REGISTRY
    needs_token: ClassVar = False

    def __init__(self, fetcher: Fetcher, urls: Mapping[str, str]) -> None:
        self._fetcher = fetcher
        self._url = f"{urls['civitai']}/api/v1/models"

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield a page per hundred models of the catalogue, then the list page by page."""
        ids = [id_ for id_ in query.ids if id_.isdigit() and id_ not in query.done]
        groups = {f"{batch[0]}…": tuple(batch) for batch in _batches(ids)}
        yield from key_by_key(groups, read=lambda key: self._models(groups[key], query.since))
        if query.since is None:
            yield from self._list(frozenset(query.ids))

    def _models(self, ids: Sequence[str], since: dt.date | None) -> Page:
        params = {"ids": ",".join(sorted(ids, key=int)), "limit": PAGE_SIZE, "nsfw": "true"}
        reply = self._fetcher.get(self._url, params=params)
        if reply.is_unchanged:
            return Page()
        records, refusals, seen = [], [], set()
        for row in _items(reply, self._url):
            model = read_model(row)
            if isinstance(model, Refusal):
                refusals.append(model)
                seen.add(model.key)
            elif str(model.id) in ids:
                seen.add(str(model.id))
                if not since or _published_on(model) is None or str(_published_on(model)) >= str(since):
                    records.append(replace(as_record(model, row), etag=reply.etag))
        return Page(
            records=tuple(records),
            refusals=tuple(item for item in refusals if item.key in ids),
            missing=tuple(id_ for id_ in ids if id_ not in seen),
            validators=() if refusals else reply.validators,
        )

    def _list(self, known: frozenset[str]) -> Iterator[Page]:
        params = {"types": "Checkpoint", "sort": "Most Downloaded", "limit": PAGE_SIZE}
        url, seen = self._fetcher.address(self._url, params), set()
        for number in range(1, MAX_LIST_PAGES + 1):
            seen.add(url)
            reply = self._fetcher.get(url)
            models = [read_model(row) for row in _items(reply, self._url)]
            leads = tuple(as_lead(model) for model in models if isinstance(model, CivitaiModel))
            leads = tuple(lead for lead in leads if lead.id not in known)
            yield Page(
                leads=leads, candidates=tuple(lead.id for lead in leads), cursor=f"list, page {number}"
            )
            metadata = reply.content.get("metadata")
            following = metadata.get("nextPage") if isinstance(metadata, dict) else None
            if not isinstance(following, str) or following in seen:
                return
            url = self._fetcher.same_place(self._url, following)


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + PAGE_SIZE] for start in range(0, len(ids), PAGE_SIZE))


def _items(reply: Reply, url: str) -> list[Any]:
    items = reply.content.get("items") if isinstance(reply.content, dict) else None
    if not isinstance(items, list):
        raise SourceError(f"{url}: no list under 'items'")
    return items


def read_model(row: Any) -> CivitaiModel | Refusal:
    """Return a typed model, or why it is refused."""
    try:
        return CivitaiModel.model_validate(row)
    except ValidationError as error:
        key = row.get("id") if isinstance(row, dict) else None
        return refusal(str(key) if isinstance(key, int) else "(no id)", error)


def as_record(model: CivitaiModel, payload: dict[str, Any]) -> Record:
    """Return what Civitai says about one model of the catalogue."""
    newest = model.versions[0] if model.versions else None
    counts = {"civitai_downloads": model.stats.downloads, "civitai_thumbs_up": model.stats.thumbs_up}
    published = _published_on(model)
    return Record(
        id=str(model.id),
        url=f"https://civitai.com/models/{model.id}",
        title="Civitai",
        payload=kept_payload(payload),
        facts={
            "civitai_base_model": newest.base_model if newest else None,
            "civitai_commercial_uses": uses(model),
            "civitai_nsfw": model.nsfw,
            "last_activity_on": published.isoformat() if published else None,
        },
        counts=tuple(Count(metric, value) for metric, value in counts.items() if value is not None),
    )


def kept_payload(payload: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without the pictures and file lists of its versions, which make up nearly all of it."""
    versions = payload.get("modelVersions") or []
    kept = [{k: v for k, v in row.items() if k not in {"images", "files"}} for row in versions]
    return payload | {"modelVersions": kept}


def uses(model: CivitaiModel) -> list[str] | None:
    """Return what the maker permits to be sold: pictures, services, the model; None where nothing is said.

    >>> stats = {"downloadCount": 1}
    >>> row = {"id": 1, "name": "a", "type": "Checkpoint", "stats": stats, "allowCommercialUse": "{Sell,Image}"}
    >>> uses(CivitaiModel.model_validate(row))
    ['Image', 'Sell']
    """
    if isinstance(model.uses, str):
        return sorted(word.strip() for word in model.uses.strip("{}").split(",") if word.strip()) or None
    return sorted(model.uses) if model.uses else None


def as_lead(model: CivitaiModel) -> Lead:
    """Return a listed model as something that may belong to an artifact."""
    return Lead(
        id=str(model.id),
        name=model.name,
        publisher=(model.creator.username or "") if model.creator else "",
        url=f"https://civitai.com/models/{model.id}",
    )


def _published_on(model: CivitaiModel) -> dt.date | None:
    times = [version.published_at for version in model.versions if version.published_at]
    return max(times).date() if times else None

"""models.dev: an open list, kept by its readers, of what providers ask for models and what these take in.

A model's id here is ``<provider>/<model>``; under the provider ``openrouter`` the models stand with the
router's own ids. Prices are in US dollars for a million tokens.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationError

from catalog.sources.base import (
    IdField,
    Lead,
    Page,
    Query,
    Quote,
    Record,
    Refusal,
    Row,
    Source,
    SourceError,
    refusal,
)
from catalog.sources.fetch import Fetcher
from catalog.vocabulary import OfferUnit, SourceKind

PLAN = "API, pay as you go"
ROUTER_PREFIX = "openrouter/"
WHOLE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
MILLION = 1_000_000

Dollars = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class Cost(Row):
    """Dollars for a million tokens."""

    input: Dollars | None = None
    output: Dollars | None = None
    cache_read: Dollars | None = None


class Modalities(Row):
    """What goes in and comes out."""

    input: list[str] = []
    output: list[str] = []


class Limit(Row):
    """How much it takes; 0 where nobody has written it down."""

    context: Annotated[int, Field(ge=0)] = 0


class ListedModel(Row):
    """One model of one provider."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    open_weights: bool | None = None
    release_date: str | None = None
    knowledge: str | None = None
    modalities: Modalities = Modalities()
    limit: Limit = Limit()
    cost: Cost | None = None


class Provider(Row):
    """Who serves models."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    models: dict[str, Any]


class ModelsDev:
    """Reads ``/api.json``, one request."""

    source: ClassVar = Source.MODELS_DEV
    id_field: ClassVar = IdField.MODELS_DEV
    version: ClassVar = 1
    kind: ClassVar = SourceKind.COMMUNITY
    needs_token: ClassVar = False

    def __init__(self, fetcher: Fetcher, urls: Mapping[str, str]) -> None:
        self._fetcher = fetcher
        self._url = f"{urls['modelsdev']}/api.json"

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield the list as one page; it has no dates of change, so ``since`` leaves nothing out."""
        asked = {id_.casefold(): id_ for id_ in query.ids}
        reply = self._fetcher.get(self._url, absent=frozenset())
        if reply.is_unchanged:
            yield Page(answered=tuple(asked))
            return
        if not isinstance(reply.content, dict):
            raise SourceError(f"{self._url}: not a mapping of providers")
        records, refusals, leads, seen = [], [], [], set()
        for id_, item in _models(reply.content):
            key = id_.casefold()
            seen.add(key)
            if isinstance(item, Refusal):
                refusals += [item] if key in asked else []
            elif key in asked:
                records.append(replace(as_record(item, asked[key]), etag=reply.etag))
            elif "image" in item.model.modalities.output and not key.startswith(ROUTER_PREFIX):
                leads.append(as_lead(item, id_))
        yield Page(
            records=tuple(records),
            refusals=tuple(refusals),
            leads=tuple(leads),
            candidates=tuple(lead.id for lead in leads),
            missing=tuple(id_ for key, id_ in asked.items() if key not in seen),
            validators=() if refusals else reply.validators,
            answered=tuple(set(asked).difference(*(item.subjects or () for item in refusals))),
        )


class Entry(Row):
    """A model with the provider that serves it, and both as they came."""

    provider: str
    model: ListedModel
    payload: dict[str, Any]


def _models(content: dict[str, Any]) -> Iterator[tuple[str, Entry | Refusal]]:
    for provider_id, row in content.items():
        try:
            provider = Provider.model_validate(row)
        except ValidationError as error:
            names = row.get("models") if isinstance(row, dict) else None
            for name in names if isinstance(names, dict) else ():
                yield f"{provider_id}/{name}", refusal(f"{provider_id}/{name}", error)
            continue
        for name, model in provider.models.items():
            id_ = f"{provider_id}/{name}"
            try:
                listed = ListedModel.model_validate(model)
                yield id_, Entry(provider=provider.name, model=listed, payload=model)
            except ValidationError as error:
                yield id_, refusal(id_, error)


def as_record(entry: Entry, id_: str) -> Record:
    """Return what the list says about one model of the catalogue."""
    model = entry.model
    released = model.release_date or ""
    # The router's own prices come from the router.
    is_routed = id_.casefold().startswith(ROUTER_PREFIX)
    return Record(
        id=id_,
        url=f"https://models.dev/?search={id_.partition('/')[2]}",
        title="models.dev",
        payload={"id": id_, "provider": entry.provider, "model": entry.payload},
        facts={
            "released_on": released if WHOLE_DATE.fullmatch(released) else None,
            "modelsdev_open_weights": model.open_weights,
            "modelsdev_context_length": model.limit.context or None,
            "modelsdev_knowledge_until": model.knowledge,
        },
        quotes=() if is_routed else tuple(quotes(entry)),
    )


def quotes(entry: Entry) -> Iterator[Quote]:
    """Yield prices for one token. What comes out of a model that makes pictures alone is picture tokens."""
    cost = entry.model.cost or Cost()
    makes_pictures_alone = entry.model.modalities.output == ["image"]
    asked = (
        (cost.input, OfferUnit.PROMPT_TOKEN, PLAN),
        (cost.output, OfferUnit.IMAGE_TOKEN if makes_pictures_alone else OfferUnit.COMPLETION_TOKEN, PLAN),
        (cost.cache_read, OfferUnit.CACHED_PROMPT_TOKEN, f"{PLAN}, cached input"),
    )
    for dollars, unit, plan in asked:
        if dollars:
            # The shortest text of a float is what was written; its exact binary value is not.
            yield Quote(Decimal(repr(dollars)) / MILLION, plan, unit, provider=entry.provider)


def as_lead(entry: Entry, id_: str) -> Lead:
    """Return a listed model as something that may belong to an artifact."""
    return Lead(
        id=id_,
        name=entry.model.name,
        publisher=entry.provider,
        url=f"https://models.dev/?search={id_.partition('/')[2]}",
    )

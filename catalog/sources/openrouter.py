"""OpenRouter's list of models: prices per token."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, ValidationError

from catalog.sources.base import (
    IdField,
    Page,
    Query,
    Quote,
    Record,
    Refusal,
    Row,
    Source,
    SourceError,
    comparable_id,
    refusal,
)
from catalog.sources.fetch import Fetcher
from catalog.vocabulary import OfferKind, OfferUnit

PROVIDER = "OpenRouter"
PLAN = "Pay as you go"
FREE_SUFFIX = ":free"
DECIMALS = Decimal(1).scaleb(-12)

# A price is text; "-1" stands for "depends on where the router sends it".
PriceText = Annotated[str, StringConstraints(pattern=r"^-?\d{1,7}(\.\d{1,40})?([eE]-?\d{1,2})?$")]


class Prices(Row):
    """US dollars for one token. Other keys (per search, per audio token) have no unit here."""

    prompt: PriceText | None = None
    completion: PriceText | None = None
    input_cache_read: PriceText | None = None


class Tier(Prices):
    """Prices for long prompts."""

    min_prompt_tokens: int


class Pricing(Prices):
    """A model's prices."""

    overrides: list[Tier] = []


class RouterModel(Row):
    """One model of the list."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    name: str
    # Both empty and null mean "no weights on the Hub".
    hugging_face_id: str | None = None
    context_length: int | None = None
    expiration_date: str | None = None
    pricing: Pricing


class OpenRouter:
    """Reads ``/models``, one request. Models priced per image are not in this list."""

    source: ClassVar = Source.OPENROUTER
    id_field: ClassVar = IdField.ROUTER
    version: ClassVar = 1

    def __init__(self, fetcher: Fetcher, urls: Mapping[str, str]) -> None:
        self._fetcher = fetcher
        self._url = f"{urls['openrouter']}/models"

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield the list as one page; it has no dates of change, so ``since`` leaves nothing out."""
        reply = self._fetcher.get(self._url, absent=frozenset())
        asked = {comparable_id(self.id_field, id_) for id_ in query.ids}
        if reply.is_unchanged:
            yield Page(answered=tuple(asked))
            return
        rows = reply.content.get("data") if isinstance(reply.content, dict) else None
        if not isinstance(rows, list):
            raise SourceError(f"{self._url}: no list under 'data'")
        records, refusals, candidates, seen = [], [], [], set()
        for row in rows:
            model = read_model(row)
            if isinstance(model, Refusal):
                refusals.append(model)
                continue
            seen.add(model.id.casefold())
            if model.id.casefold() not in asked:
                candidates.append(model.id)
            if model.id.casefold() in asked or _hosted(model) in query.hosted_ids:
                records.append(replace(as_record(model, row), etag=reply.etag))
        yield Page(
            records=tuple(records),
            refusals=tuple(refusals),
            candidates=tuple(candidates),
            missing=() if refusals else tuple(id_ for id_ in query.ids if id_.casefold() not in seen),
            validators=() if refusals else reply.validators,
            answered=tuple(asked.difference(*(item.subjects for item in refusals))),
        )


def read_model(row: Any) -> RouterModel | Refusal:
    """Return a typed model, or why it is refused."""
    try:
        return RouterModel.model_validate(row)
    except ValidationError as error:
        key = row.get("id") if isinstance(row, dict) else None
        return refusal(key if isinstance(key, str) else "(no id)", error)


def as_record(model: RouterModel, payload: dict[str, Any]) -> Record:
    """Return what the list says about one model."""
    return Record(
        id=model.id,
        url=f"https://openrouter.ai/{model.id}",
        title="OpenRouter model list",
        payload=payload,
        facts={"context_length": model.context_length, "expires_on": model.expiration_date},
        quotes=tuple(quotes(model)),
        hosts=_hosted(model),
    )


def quotes(model: RouterModel) -> Iterator[Quote]:
    """Yield the prices that can be said in a unit.

    Zero is "free" only where the model's id says so: models billed per image or per song stand in the
    list with zero per token.
    """
    if model.id.endswith(FREE_SUFFIX):
        yield Quote(Decimal(0), "Free variant, rate-limited", kind=OfferKind.FREE_TIER, provider=PROVIDER)
        return
    yield from _token_quotes(model.pricing, detail="")
    for tier in model.pricing.overrides:
        yield from _token_quotes(tier, detail=f"prompts from {tier.min_prompt_tokens:,} tokens")


def _token_quotes(prices: Prices, *, detail: str) -> Iterator[Quote]:
    asked = (
        (prices.prompt, OfferUnit.PROMPT_TOKEN, PLAN),
        (prices.completion, OfferUnit.COMPLETION_TOKEN, PLAN),
        (prices.input_cache_read, OfferUnit.CACHED_PROMPT_TOKEN, f"{PLAN}, cached input"),
    )
    for text, unit, plan in asked:
        amount = Decimal(text or 0)
        if amount > 0:
            yield Quote(amount.quantize(DECIMALS), plan, unit, detail, provider=PROVIDER)


def _hosted(model: RouterModel) -> str:
    return (model.hugging_face_id or "").casefold()

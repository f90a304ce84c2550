"""OpenRouter: prices per token from its list of models, prices per picture from its Image API.

Models that only make pictures are not in the list; each provider's price for them stands at an address of
the model's own.
"""

import re
from collections.abc import Container, Iterator, Mapping
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
    key_by_key,
    refusal,
)
from catalog.sources.fetch import Fetcher
from catalog.vocabulary import OfferKind, OfferUnit, SourceKind

PROVIDER = "OpenRouter"
PLAN = "Pay as you go"
IMAGE_PLAN = "Image API, pay as you go"
IMAGE_UNITS = {
    ("output_image", "image"): OfferUnit.IMAGE,
    ("output_image", "megapixel"): OfferUnit.MEGAPIXEL,
    ("output_image", "token"): OfferUnit.IMAGE_TOKEN,
    ("input_text", "token"): OfferUnit.PROMPT_TOKEN,
    ("output_text", "token"): OfferUnit.COMPLETION_TOKEN,
}
FREE_SUFFIX = ":free"
DECIMALS = Decimal(1).scaleb(-12)

# It becomes part of an address.
ROUTER_ID = re.compile(r"[A-Za-z0-9~][\w.-]*/[A-Za-z0-9][\w.:-]*")

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


class ImagePrice(Row):
    """One line of a bill: what is billed, by which unit, in US dollars; ``variant`` is a size or quality."""

    billable: str
    unit: str
    cost_usd: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
    variant: str | None = None


class ImageEndpoint(Row):
    """One provider of a model that makes pictures."""

    provider_name: Annotated[str, Field(min_length=1, max_length=80)]
    pricing: list[ImagePrice] = []


class ImageModel(Row):
    """What the Image API says of one model."""

    endpoints: list[ImageEndpoint]


class OpenRouter:
    """Reads ``/models``, then ``/images/models/<id>/endpoints`` of each of our models that makes pictures."""

    source: ClassVar = Source.OPENROUTER
    id_field: ClassVar = IdField.ROUTER
    version: ClassVar = 2
    kind: ClassVar = SourceKind.REGISTRY
    needs_token: ClassVar = False

    def __init__(self, fetcher: Fetcher, urls: Mapping[str, str]) -> None:
        self._fetcher = fetcher
        self._url = f"{urls['openrouter']}/models"

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield the list as one page, then a page per model; nothing is dated, so ``since`` leaves nothing out."""
        asked = {comparable_id(self.id_field, id_): id_ for id_ in query.ids}
        makes_pictures = self._image_models()
        yield self._models(query, asked, elsewhere=makes_pictures)
        ours = {key: (key,) for key in asked if key in makes_pictures and key not in query.done}
        yield from key_by_key(ours, read=lambda key: self._endpoints(makes_pictures[key], asked[key]))

    def _image_models(self) -> dict[str, str]:
        """Return the ids of models that make pictures; a mirror without an Image API has none."""
        reply = self._fetcher.get(f"{self._url.removesuffix('/models')}/images/models")
        rows = reply.content.get("data") if isinstance(reply.content, dict) else []
        ids = [row.get("id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return {id_.casefold(): id_ for id_ in ids if isinstance(id_, str) and ROUTER_ID.fullmatch(id_)}

    def _endpoints(self, id_: str, asked: str) -> Page:
        url = f"{self._url.removesuffix('/models')}/images/models/{id_}/endpoints"
        reply = self._fetcher.get(url)
        if reply.content is None:
            return Page()
        content = (
            reply.content.get("data", reply.content) if isinstance(reply.content, dict) else reply.content
        )
        try:
            model = ImageModel.model_validate(content)
        except ValidationError as error:
            return Page(refusals=(refusal(asked, error),))
        record = Record(
            id=asked,
            url=f"https://openrouter.ai/api/v1/images/models/{id_}/endpoints",
            title="OpenRouter Image API",
            payload=content,
            quotes=tuple(image_quotes(model)),
            etag=reply.etag,
        )
        return Page(records=(record,), validators=reply.validators)

    def _models(self, query: Query, asked: dict[str, str], *, elsewhere: Container[str]) -> Page:
        reply = self._fetcher.get(self._url, absent=frozenset())
        if reply.is_unchanged:
            return Page(answered=tuple(key for key in asked if key not in elsewhere), cursor="models")
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
        gone = (key for key in asked if key not in seen and key not in elsewhere)
        return Page(
            records=tuple(records),
            refusals=tuple(refusals),
            candidates=tuple(candidates),
            missing=() if refusals else tuple(asked[key] for key in gone),
            validators=() if refusals else reply.validators,
            answered=tuple(set(asked).difference(*(item.subjects or () for item in refusals))),
            cursor="models",
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


def image_quotes(model: ImageModel) -> Iterator[Quote]:
    """Yield what a picture costs at each provider; a unit that we have no word for is left out."""
    names = len({endpoint.provider_name for endpoint in model.endpoints}) > 1
    for endpoint in model.endpoints:
        for price in endpoint.pricing:
            unit = IMAGE_UNITS.get((price.billable, price.unit))
            if unit is None or price.cost_usd == 0:
                continue
            by = f"by {endpoint.provider_name}" if names else ""
            detail = ", ".join(word for word in (price.variant or "", by) if word)[:160]
            # The shortest text of a float is what was written; its exact binary value is not.
            amount = Decimal(repr(price.cost_usd)).quantize(DECIMALS)
            yield Quote(amount, IMAGE_PLAN, unit, detail, provider=PROVIDER)


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

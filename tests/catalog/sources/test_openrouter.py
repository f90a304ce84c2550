"""OpenRouter's answers: what is taken of them, what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.sources.base import Page, Quote, Source, SourceError
from catalog.sources.openrouter import ImageModel, RouterModel, image_quotes, quotes, read_model
from catalog.vocabulary import OfferKind, OfferUnit
from tests.catalog.sources.payloads import image_endpoints, router_model
from tests.catalog.sources.reading import read
from tests.catalog.sources.server import Answer, SourceServer


def router_quotes(**fields: Any) -> list[Quote]:
    """Return what a model of OpenRouter's list costs."""
    model = read_model(router_model(**fields))
    assert isinstance(model, RouterModel), model
    return list(quotes(model))


def test_openrouter_prices_are_per_token_and_exact() -> None:
    prompt, completion = router_quotes()
    assert (prompt.unit, prompt.amount) == (OfferUnit.PROMPT_TOKEN, Decimal("0.000008"))
    assert (completion.unit, completion.amount) == (OfferUnit.COMPLETION_TOKEN, Decimal("0.000015"))
    assert (prompt.provider, prompt.plan, prompt.detail) == ("OpenRouter", "Pay as you go", "")


def test_openrouter_minus_one_is_no_price() -> None:
    assert router_quotes(pricing={"prompt": "-1", "completion": "-1"}) == []


def test_openrouter_zero_is_free_only_where_the_id_says_so() -> None:
    zero = {"prompt": "0", "completion": "0"}
    assert router_quotes(pricing=zero) == []
    (free,) = router_quotes(id_="acme/painter-1:free", pricing=zero)
    assert (free.kind, free.amount) == (OfferKind.FREE_TIER, Decimal(0))


def test_openrouter_tiers_are_offers_of_their_own() -> None:
    pricing = {
        "prompt": "0.000003",
        "completion": "1.5e-5",
        "overrides": [{"min_prompt_tokens": 200_000, "prompt": "0.000006", "completion": "0.0000225"}],
    }
    tiers = {(quote.unit, quote.detail): quote.amount for quote in router_quotes(pricing=pricing)}
    assert tiers[OfferUnit.PROMPT_TOKEN, "prompts from 200,000 tokens"] == Decimal("0.000006")
    assert tiers[OfferUnit.COMPLETION_TOKEN, ""] == Decimal("0.000015")


@pytest.mark.parametrize("hub_id", ["", None, "acme/Painter-One"])
def test_openrouter_names_the_weights_it_hosts(server: SourceServer, hub_id: str | None) -> None:
    rows = [router_model(hugging_face_id=hub_id), router_model("other/model")]
    server.say("/openrouter/models", Answer({"data": rows}))
    (page,) = read(server, Source.OPENROUTER, "acme/painter-1", "acme/gone")
    (record,) = page.records
    assert record.hosts == (hub_id or "").casefold()
    assert (page.candidates, page.missing) == (("other/model",), ("acme/gone",))


def test_openrouter_changed_types_are_refused_by_name(server: SourceServer) -> None:
    rows = [router_model(pricing={"prompt": 8e-6}), router_model("acme/two"), ["not", "a", "model"]]
    server.say("/openrouter/models", Answer({"data": rows}, etag='"1"'))
    (page,) = read(server, Source.OPENROUTER, "acme/painter-1", "acme/two")
    assert [record.id for record in page.records] == ["acme/two"]
    assert [item.key for item in page.refusals] == ["acme/painter-1", "(no id)"]
    assert "pricing.prompt: Input should be a valid string" in page.refusals[0].reason
    # Otherwise a 304 would hide the refusal until something else changes.
    assert page.validators == ()


def test_openrouter_without_its_list_is_an_error(server: SourceServer) -> None:
    server.say("/openrouter/models", Answer({"models": []}))
    with pytest.raises(SourceError, match="no list under 'data'"):
        read(server, Source.OPENROUTER, "acme/painter-1")


def image_api(server: SourceServer, *pricing: dict[str, Any]) -> list[Page]:
    """Return what is read of a model that only makes pictures."""
    server.say("/openrouter/models", Answer({"data": []}))
    server.say("/openrouter/images/models", Answer({"data": [{"id": "Acme/Painter-1"}, {"id": "../x"}, 3]}))
    path = "/openrouter/images/models/Acme/Painter-1/endpoints"
    server.say(path, Answer(image_endpoints("Acme/Painter-1", *pricing), etag='"1"'))
    return read(server, Source.OPENROUTER, "acme/painter-1")


def test_openrouter_prices_of_pictures_come_from_its_image_api(server: SourceServer) -> None:
    listed, priced = image_api(
        server,
        {"billable": "output_image", "unit": "image", "cost_usd": 0.03, "variant": "1k"},
        {"billable": "output_image", "unit": "megapixel", "cost_usd": 0.014},
        {"billable": "output_image", "unit": "token", "cost_usd": 3e-05},
        {"billable": "input_text", "unit": "token", "cost_usd": 5e-06},
        {"billable": "output_image", "unit": "furlong", "cost_usd": 1.0},
        {"billable": "input_image", "unit": "image", "cost_usd": 0},
    )
    assert (listed.missing, priced.missing) == ((), ())
    (record,) = priced.records
    assert [(quote.unit, str(quote.amount.normalize()), quote.detail) for quote in record.quotes] == [
        (OfferUnit.IMAGE, "0.03", "1k"),
        (OfferUnit.MEGAPIXEL, "0.014", ""),
        (OfferUnit.IMAGE_TOKEN, "0.00003", ""),
        (OfferUnit.PROMPT_TOKEN, "0.000005", ""),
    ]
    assert {quote.plan for quote in record.quotes} == {"Image API, pay as you go"}
    assert priced.validators


def test_openrouter_providers_of_pictures_are_told_apart() -> None:
    body = image_endpoints()
    other = {
        **body["endpoints"][0],
        "provider_name": "Brush",
        "pricing": [dict(body["endpoints"][0]["pricing"][0])],
    }
    model = ImageModel.model_validate({"endpoints": [body["endpoints"][0], other]})
    assert [quote.detail for quote in image_quotes(model)] == ["by Acme Cloud", "by Brush"]

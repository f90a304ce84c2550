"""Prices in words: no digit lost, a paid API never free."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.pricing import Price, pricing_model, readable_amount, readable_price, starting_price
from catalog.vocabulary import OfferKind, OfferUnit, Openness


def make_price(amount: str, unit: OfferUnit | None = OfferUnit.IMAGE, **fields: object) -> Price:
    """Return a hosted price."""
    values = {
        "kind": OfferKind.HOSTED,
        "provider": "Acme",
        "plan": "Pay as you go",
        "unit": unit,
        "detail": "",
        "amount": Decimal(amount),
        "currency": "USD",
        "as_of": dt.date(2026, 11, 1),
        "source_url": "https://example.org",
        **fields,
    }
    return Price(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        ("0.000008", OfferUnit.PROMPT_TOKEN, "$8.00 per 1M prompt tokens"),
        ("0.000015", OfferUnit.COMPLETION_TOKEN, "$15.00 per 1M completion tokens"),
        ("0.0000000375", OfferUnit.PROMPT_TOKEN, "$0.0375 per 1M prompt tokens"),
        ("0.04", OfferUnit.IMAGE, "$0.04 per image"),
        ("0.065", OfferUnit.IMAGE, "$0.065 per image"),
        ("1200", OfferUnit.MONTH, "$1,200.00 per month"),
        ("10", OfferUnit.MONTH, "$10.00 per month"),
    ],
)
def test_prices_are_written_as_people_read_them(amount: str, unit: OfferUnit, words: str) -> None:
    assert readable_price(Decimal(amount), unit=unit, currency="USD") == words


@given(st.decimals(0, 10**6, places=12))
def test_no_digit_of_a_price_is_lost(amount: Decimal) -> None:
    shown = readable_amount(amount, currency="USD")
    assert "e" not in shown.lower()
    assert Decimal(shown.removeprefix("$").replace(",", "")) == amount


def test_the_starting_price_is_the_lowest_in_the_unit_people_compare_first() -> None:
    prices = [
        make_price("0.000001", OfferUnit.PROMPT_TOKEN),
        make_price("0.06"),
        make_price("0.04"),
        make_price("0", None, kind=OfferKind.SELF_HOSTED),
    ]
    lowest = starting_price(prices)
    assert lowest is not None
    assert lowest.text == "$0.04 per image"


def test_free_offers_are_no_starting_price() -> None:
    assert starting_price([make_price("0", None, kind=OfferKind.FREE_TIER)]) is None


@given(st.lists(st.sampled_from(list(OfferKind)), max_size=4))
def test_what_comes_through_an_api_alone_is_never_free_to_run(kinds: list[OfferKind]) -> None:
    prices = [make_price("0.04" if kind == OfferKind.HOSTED else "0", kind=kind) for kind in kinds]
    assert "free to run" not in pricing_model(Openness.API_ONLY, prices).lower()


@pytest.mark.parametrize(
    ("openness", "kinds", "words"),
    [
        (Openness.API_ONLY, [OfferKind.HOSTED], "Paid API"),
        (Openness.OPEN_WEIGHTS, [OfferKind.SELF_HOSTED], "Free to run yourself"),
        (
            Openness.OPEN_WEIGHTS,
            [OfferKind.SELF_HOSTED, OfferKind.HOSTED],
            "Free to run yourself; paid hosting",
        ),
        (Openness.OPEN_WEIGHTS, [], "Price not known"),
    ],
)
def test_pricing_models_in_words(openness: Openness, kinds: list[OfferKind], words: str) -> None:
    prices = [make_price("0.04" if kind == OfferKind.HOSTED else "0", kind=kind) for kind in kinds]
    assert pricing_model(openness, prices) == words

"""Prices in words: no digit lost, a paid API never free."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.pricing import Price, least_listed, pricing_model, readable_amount, readable_price
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
        ("0.01", OfferUnit.IMAGE, "$0.01 per image"),
        ("0.00136", OfferUnit.IMAGE, "$1.36 per 1,000 images"),
        ("0.003", OfferUnit.MEGAPIXEL, "$3.00 per 1,000 megapixels"),
        ("0.0005", OfferUnit.GPU_SECOND, "$1.80 per hour of GPU time"),
        ("0.000012", OfferUnit.IMAGE_TOKEN, "$12.00 per 1M image tokens"),
        ("0.01", OfferUnit.CREDIT, "$0.01 per credit"),
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


def test_the_least_listed_price_is_the_lowest_in_the_unit_people_compare_first() -> None:
    prices = [
        make_price("0.000001", OfferUnit.PROMPT_TOKEN),
        make_price("0.06"),
        make_price("0.04"),
        make_price("0", None, kind=OfferKind.SELF_HOSTED),
    ]
    lowest = least_listed(prices)
    assert lowest is not None
    assert lowest.text == "$0.04 per image"


def test_a_cheaper_megapixel_beats_a_dearer_image_at_the_compared_size() -> None:
    image = make_price("0.04")
    megapixel = make_price(
        "0.03", OfferUnit.MEGAPIXEL, detail="first output megapixel; each further one $0.015"
    )
    lowest = least_listed([image, megapixel])
    assert lowest is not None
    assert lowest.text.startswith("$0.03 per megapixel")
    by_pixel = make_price("0.0395", OfferUnit.MEGAPIXEL, detail="billed per pixel")
    assert least_listed([image, by_pixel]) == image  # 1.048576 million pixels cost more than 0.04.


def test_a_price_for_another_size_starts_nothing_where_one_for_the_compared_size_is_known() -> None:
    other = make_price("0.005", detail="1024x1536, low quality")
    same = make_price("0.006", detail="1024x1024, low quality")
    small, large = make_price("0.06", detail="0.5K"), make_price("0.08", detail="1K")
    assert least_listed([other, same]) == same
    assert least_listed([small, large]) == large
    assert least_listed([other]) == other


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("1024x1024, high quality", "$0.04 per image at 1024×1024, high quality"),
        ("4K", "$0.04 per image at 4K"),
        ("flux-pro, text to image", "$0.04 per image (flux-pro, text to image)"),
    ],
)
def test_a_price_says_what_size_and_quality_it_is_for(detail: str, words: str) -> None:
    assert make_price("0.04", detail=detail).text == words


def test_free_to_run_yourself_says_on_what_terms() -> None:
    free = make_price("0", None, kind=OfferKind.SELF_HOSTED, detail="Non-commercial use only")
    assert free.text == "Free to run yourself (Non-commercial use only)"
    assert make_price("0", None, kind=OfferKind.FREE_TIER).text == "Free hosted tier"


@given(st.lists(st.tuples(st.sampled_from(OfferUnit), st.decimals("0", "10", places=4)), max_size=6))
def test_the_least_listed_price_does_not_depend_on_the_order(rows: list[tuple[OfferUnit, Decimal]]) -> None:
    prices = [make_price(str(amount), unit) for unit, amount in rows]
    assert least_listed(prices) == least_listed(prices[::-1])


def test_free_offers_are_no_least_listed() -> None:
    assert least_listed([make_price("0", None, kind=OfferKind.FREE_TIER)]) is None


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

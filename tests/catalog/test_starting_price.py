"""One price stands for an artifact: a picture's, at one size, in the middle quality."""

from decimal import Decimal

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from catalog.costs import Usage, Volume, estimates, starting_price, usual_ways
from catalog.seed.read import Names, read_catalogue
from catalog.seed.usage import shipped_usage
from catalog.vocabulary import OfferKind, OfferUnit
from tests.catalog.test_costs import USAGE, price_of_entry
from tests.catalog.test_pricing import make_price


def words(*prices: object, artifact: str = "brush", usage: Usage = USAGE) -> str:
    """Return the starting price in words, empty where there is none."""
    found = starting_price(prices, artifact=artifact, usage=usage)  # type: ignore[arg-type]
    return found.text if found else ""


def test_the_middle_quality_stands_for_a_model_that_is_priced_by_quality() -> None:
    low, medium, high = (
        make_price(amount, detail=f"1024x1024, {quality} quality")
        for amount, quality in (("0.006", "low"), ("0.053", "medium"), ("0.211", "high"))
    )
    assert words(low, medium, high) == "$0.053 a picture at 1024×1024, medium quality"
    # Without a name for the middle it is the middle by price, the cheaper of two.
    assert words(low, high) == "$6.00 per 1,000 pictures at 1024×1024, low quality"


def test_another_providers_only_price_still_counts() -> None:
    low, medium = (make_price("0.006", detail="low quality"), make_price("0.05", detail="medium quality"))
    other = make_price("0.04", provider="Beta")
    assert words(low, medium, other) == "$0.04 a picture"
    ways = usual_ways(estimates([low, medium, other], Volume(), artifact="brush", usage=USAGE))
    assert [way.quality for way in ways] == ["", "medium quality"]


def test_tokens_count_as_the_picture_that_they_draw() -> None:
    tokens = [make_price("0.00004", OfferUnit.IMAGE_TOKEN), make_price("0.000005", OfferUnit.PROMPT_TOKEN)]
    # Low and high are known: the cheaper of two.
    assert words(*tokens) == "$0.0113 a picture at 1024×1024, low quality"


@pytest.mark.parametrize(
    ("amount", "unit", "detail", "said", "details"),
    [
        (
            "0.0013",
            OfferUnit.MEGAPIXEL,
            "billed per pixel",
            "$1.36 per 1,000 pictures at 1024×1024",
            "$1.30 per 1,000 megapixels (billed per pixel)",
        ),
        ("0.04", OfferUnit.IMAGE, "", "$0.04 a picture", ""),
        ("0.05", OfferUnit.IMAGE, "text to image", "$0.05 a picture", "$0.05 per image (text to image)"),
        ("0.15", OfferUnit.IMAGE, "1K", "$0.15 a picture at 1024×1024", ""),
        ("0.3", OfferUnit.IMAGE, "4K", "$0.30 per image at 4K", ""),
        ("0.000008", OfferUnit.PROMPT_TOKEN, "", "$8.00 per 1M prompt tokens", ""),
    ],
)
def test_a_picture_first_and_the_listed_unit_after(
    amount: str, unit: OfferUnit, detail: str, said: str, details: str
) -> None:
    found = starting_price([make_price(amount, unit, detail=detail)], artifact="brush", usage=USAGE)
    assert found is not None
    assert (found.text, found.details) == (said, details)


def test_free_offers_are_no_starting_price() -> None:
    assert words(make_price("0", None, kind=OfferKind.FREE_TIER)) == ""
    assert words(make_price("0", None, kind=OfferKind.SELF_HOSTED)) == ""


@given(st.permutations(["low", "medium", "high", "best"]))
def test_the_order_of_prices_does_not_matter(qualities: list[str]) -> None:
    prices = [
        make_price(f"0.0{number + 1}", detail=f"{quality} quality")
        for number, quality in enumerate(qualities)
    ]
    assert words(*prices) == words(*prices[::-1])
    assert "medium quality" in words(*prices)


def test_no_picture_model_starts_at_a_price_per_pixel_or_token_that_can_be_worked_out() -> None:
    usage = shipped_usage()
    n_pictures = 0
    for entry in read_catalogue([settings.CATALOGUE_DIR], known=Names()).artifacts:
        prices = [price_of_entry(offer) for offer in entry.offers]
        found = starting_price(prices, artifact=entry.slug, usage=usage)
        ways = estimates(prices, Volume(), artifact=entry.slug, usage=usage)
        hosted = [way for way in ways if way.kind == OfferKind.HOSTED and way.per_lot is not None]
        if not hosted:
            assert found is None or found.per_picture is None, entry.slug
            continue
        assert found is not None, entry.slug
        n_pictures += 1
        assert "picture" in found.text, entry.slug
        assert found.per_picture in {way.per_lot for way in hosted}, entry.slug
        assert (found.per_picture or Decimal(0)) >= min(way.per_lot or 0 for way in hosted)
    assert n_pictures > 35

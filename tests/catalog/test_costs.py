"""What a volume costs: right by unit, with its assumptions, and honest where it cannot be computed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from catalog.costs import (
    Estimate,
    GpuPrice,
    Speed,
    TokensPerImage,
    Usage,
    UsageSource,
    Volume,
    estimates,
)
from catalog.models import Offer
from catalog.pricing import Price
from catalog.seed.read import Names, read_catalogue
from catalog.seed.schema import OfferEntry
from catalog.seed.usage import read_usage
from catalog.selectors import price_histories, starting_prices
from catalog.vocabulary import OfferKind, OfferUnit
from tests.builders import make_artifact, make_offer, make_source

SOURCE = UsageSource("Measured", "https://example.org", dt.date(2026, 11, 1))
USAGE = Usage(
    gpu_prices=(GpuPrice("NVIDIA A100", "Acme Cloud", Decimal("1.80"), SOURCE),),
    speeds=(
        Speed("brush", "NVIDIA A100", 1024, 1024, 50, Decimal(6), "half precision", SOURCE),
        Speed("brush", "NVIDIA B900", 1024, 1024, 50, Decimal(1), "half precision", SOURCE),
    ),
    tokens=(
        TokensPerImage("brush", 1024, 1024, "low", 272, SOURCE),
        TokensPerImage("brush", 1024, 1024, "high", 4160, SOURCE),
    ),
)


def price(
    amount: str, unit: OfferUnit | None, *, detail: str = "", kind: OfferKind = OfferKind.HOSTED
) -> Price:
    """Return a price in dollars."""
    return Price(
        kind=kind,
        provider="Acme",
        plan="Pay as you go",
        unit=unit,
        detail=detail,
        amount=Decimal(amount),
        currency="USD",
        as_of=dt.date(2026, 11, 1),
        source_url="https://example.org",
    )


def only(*prices: Price, volume: Volume | None = None, artifact: str = "brush") -> Estimate:
    """Return the one estimate of these prices."""
    (found,) = estimates(prices, volume or Volume(), artifact=artifact, usage=USAGE)
    return found


@pytest.mark.parametrize(
    ("amount", "unit", "detail", "text"),
    [
        ("0.04", OfferUnit.IMAGE, "", "$400.00 a month"),
        ("0.04", OfferUnit.IMAGE, "1024x1024, standard quality", "$400.00 a month"),
        (
            "0.04",
            OfferUnit.IMAGE,
            "512 × 512",
            "cannot be computed: this price is for 512×512, not 1024×1024",
        ),
        ("0.08", OfferUnit.IMAGE, "1K", "$800.00 a month"),
        (
            "0.15",
            OfferUnit.IMAGE,
            "4K",
            "cannot be computed: this price is for 4K, taken as 4096×4096, not 1024×1024",
        ),
        ("0.05", OfferUnit.MEGAPIXEL, "", "$500.00 a month"),
        ("0.05", OfferUnit.MEGAPIXEL, "billed per pixel", "$524.29 a month"),
        ("0.014", OfferUnit.MEGAPIXEL, "first megapixel; each further one $0.001", "$140.00 a month"),
        (
            "8",
            OfferUnit.MONTH,
            "",
            "cannot be computed: a month's price does not say how many pictures it covers",
        ),
        (
            "0.01",
            OfferUnit.CREDIT,
            "",
            "cannot be computed: a price per credit does not say how many pictures it covers",
        ),
        ("0.0005", OfferUnit.GPU_SECOND, "NVIDIA A100", "$30.00 a month"),
    ],
)
def test_a_month_by_unit(amount: str, unit: OfferUnit, detail: str, text: str) -> None:
    assert only(price(amount, unit, detail=detail)).text == text


def test_megapixels_of_larger_pictures() -> None:
    large = Volume(100, 1536, 1536)
    further = price("0.03", OfferUnit.MEGAPIXEL, detail="first output megapixel; each further one $0.015")
    # 2.25 megapixels: the first and two further ones that were begun.
    assert only(further, volume=large).monthly == Decimal("6.00")
    rounded = price("0.04", OfferUnit.MEGAPIXEL, detail="each image is rounded up to the next megapixel")
    assert only(rounded, volume=large).monthly == Decimal("12.00")


def test_tokens_count_output_and_prompt_once_per_quality() -> None:
    group = (
        price("0.00004", OfferUnit.IMAGE_TOKEN),
        price("0.000005", OfferUnit.PROMPT_TOKEN),
        price("0.000001", OfferUnit.CACHED_PROMPT_TOKEN),
    )
    low, high = estimates(group, Volume(), artifact="brush", usage=USAGE)
    assert low.monthly == (272 * Decimal("0.00004") + 75 * Decimal("0.000005")) * 10_000
    assert high.assumptions[0] == "4,160 output tokens a picture at high quality"
    assert high.sources == (SOURCE,)
    assert len(high.prices) == 3


def test_tokens_without_a_count_are_not_guessed() -> None:
    found = only(price("0.000015", OfferUnit.COMPLETION_TOKEN), artifact="other")
    assert found.monthly is None
    assert (
        found.text == "cannot be computed: no source says how many tokens a picture at 1024×1024 is billed as"
    )


def test_running_it_yourself_names_card_time_and_rent() -> None:
    free = price("0", None, kind=OfferKind.SELF_HOSTED)
    known, _, unknown = estimates([free], Volume(), artifact="brush", usage=USAGE)
    # Six seconds for 10,000 pictures are 16 2/3 hours.
    assert known.text == "$30.00 a month"
    assert "6 s a picture with 50 steps on one NVIDIA A100 (half precision)" in known.assumptions
    assert known.sources == (SOURCE, SOURCE)
    assert unknown.text == "cannot be computed: no sourced price per hour for one NVIDIA B900"


def test_a_card_kept_all_month_is_paid_for_whole() -> None:
    free = price("0", None, kind=OfferKind.SELF_HOSTED)
    by_hour, kept, _ = estimates([free], Volume(), artifact="brush", usage=USAGE)
    # Six seconds a picture: 438,000 of them in the 730 hours of a month, at 1.80 an hour.
    assert kept.text == "$1,314.00 a month"
    assert [kept.at(images) for images in (1, 438_000, 438_001)] == [1314, 1314, 2628]
    assert by_hour.at(438_000) == 1314
    assert "$1.80 an hour from Acme Cloud, one card rented for all 730 hours of a month" in kept.assumptions


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_an_estimate_says_what_other_volumes_cost(images: int, others: int) -> None:
    offers = [price("0", None, kind=OfferKind.SELF_HOSTED), price("0.039", OfferUnit.IMAGE)]
    found = estimates(offers, Volume(images), artifact="brush", usage=USAGE)
    there = estimates(offers, Volume(others), artifact="brush", usage=USAGE)
    again = {(way.kind, way.plan): way for way in there}
    for way in found:
        stated, expected = way.at(others), again[way.kind, way.plan].monthly
        assert (stated is None) == (expected is None)
        assert stated is None or abs(stated - (expected or 0)) < Decimal("1e-9")


def test_another_size_is_not_scaled_from_a_known_one() -> None:
    free = price("0", None, kind=OfferKind.SELF_HOSTED)
    assert only(free, volume=Volume(10, 512, 512)).monthly is None


@pytest.mark.parametrize("size", [(0, 64, 64), (1, 63, 64), (1, 64, 20_000)])
def test_a_volume_that_nobody_sells_is_refused(size: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        Volume(*size)


@given(st.sampled_from(OfferUnit), st.decimals("0", "100", places=4), st.integers(1, 10**6))
def test_every_unit_gives_an_amount_or_a_reason(unit: OfferUnit, amount: Decimal, images: int) -> None:
    for found in estimates([price(str(amount), unit)], Volume(images), artifact="brush", usage=USAGE):
        assert (found.monthly is None) == bool(found.reason)
        assert found.text.startswith("cannot be computed: ") == (found.monthly is None)
        assert found.monthly is None or found.assumptions


@given(st.integers(1, 10**6))
def test_twice_the_pictures_cost_twice_as_much(images: int) -> None:
    one = only(price("0.039", OfferUnit.IMAGE), volume=Volume(images))
    two = only(price("0.039", OfferUnit.IMAGE), volume=Volume(2 * images))
    assert two.monthly == 2 * (one.monthly or 0)


def test_a_named_size_is_never_said_to_be_missing() -> None:
    assert only(price("0.08", OfferUnit.IMAGE, detail="1K")).assumptions == (
        "price for: 1K, taken as 1024×1024",
    )


@pytest.mark.parametrize("volume", [Volume(), Volume(1, 512, 512), Volume(250_000, 2048, 1152)])
def test_the_whole_catalogue_gives_an_amount_with_assumptions_or_a_reason(volume: Volume) -> None:
    usage = read_usage(settings.CATALOGUE_DIR / "usage" / "usage.yaml")
    n_computed = 0
    for entry in read_catalogue([settings.CATALOGUE_DIR], known=Names()).artifacts:
        prices = [price_of_entry(offer) for offer in entry.offers]
        found = estimates(prices, volume, artifact=entry.slug, usage=usage)
        assert bool(found) == bool(prices), entry.slug
        for way in found:
            n_computed += way.monthly is not None
            if way.monthly is None:
                assert way.text == f"cannot be computed: {way.reason}", entry.slug
                assert len(way.reason) > 20, entry.slug
            else:
                assert way.monthly >= 0
                assert way.assumptions, entry.slug
                assert way.text.endswith(" a month"), entry.slug
            # A price in tokens never loses the kind of token that draws.
            assert way.prices, entry.slug
    assert n_computed > 40


def price_of_entry(offer: OfferEntry) -> Price:
    """Return an offer of the catalogue's files as a plain price."""
    return Price(
        kind=offer.kind,
        provider=offer.provider,
        plan=offer.plan,
        unit=offer.unit,
        detail=offer.detail or "",
        amount=offer.amount,
        currency=offer.currency,
        as_of=offer.as_of or dt.date(2026, 11, 1),
        source_url="https://example.org",
    )


def test_the_shipped_assumptions_are_sourced() -> None:
    usage = read_usage(settings.CATALOGUE_DIR / "usage" / "usage.yaml")
    sources = [row.source for rows in (usage.gpu_prices, usage.speeds, usage.tokens) for row in rows]
    assert sources
    assert all(source.url.startswith("https://") for source in sources)
    assert {speed.gpu for speed in usage.speeds} <= {rent.gpu for rent in usage.gpu_prices}


@pytest.mark.django_db
def test_the_starting_prices_of_many_artifacts_in_one_query(django_assert_num_queries: object) -> None:
    ids = []
    for number in range(3):
        artifact = make_artifact(f"brush-{number}")
        make_offer(artifact, "0.04", source=make_source(f"https://example.org/{number}"))
        ids.append(artifact.pk)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = starting_prices(ids)
    assert [found[id_].text for id_ in ids] == ["$0.04 a picture"] * 3


@pytest.mark.django_db
def test_a_price_history_is_oldest_first() -> None:
    artifact = make_artifact()
    for amount, day in [("0.06", 1), ("0.04", 20), ("0.05", 9)]:
        make_offer(artifact, amount, as_of=dt.date(2026, 10, day))
    make_offer(artifact, "0.01", unit="prompt-token")
    first, second = price_histories([artifact.pk])[artifact.pk]
    assert [point.amount for point in first.points] == [Decimal("0.06"), Decimal("0.05"), Decimal("0.04")]
    assert first.has_changed
    assert not second.has_changed
    assert Offer.objects.current().filter(unit="image").get().amount == Decimal("0.04")

"""Prices as people read them. Plain Python: no database here."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.vocabulary import OfferKind, OfferUnit, Openness

CURRENCY_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
MILLION = 1_000_000
# Tokens are sold by the million; everything else by the piece.
TOKEN_UNITS = {
    OfferUnit.PROMPT_TOKEN: "prompt tokens",
    OfferUnit.COMPLETION_TOKEN: "completion tokens",
    OfferUnit.IMAGE_TOKEN: "image tokens",
    OfferUnit.CACHED_PROMPT_TOKEN: "cached prompt tokens",
}
PIECE_UNITS = {
    OfferUnit.IMAGE: "image",
    OfferUnit.MEGAPIXEL: "megapixel",
    OfferUnit.MONTH: "month",
    OfferUnit.CREDIT: "credit",
}
# Below a cent a price is said of a thousand: nobody reads "$0.00136".
SMALL_UNITS = {OfferUnit.IMAGE: "images", OfferUnit.MEGAPIXEL: "megapixels"}
SMALL_AMOUNT = Decimal("0.01")
SECONDS_PER_HOUR = 3600
# Sold by the piece or by the million pixels, what is compared is one picture of this size.
COMPARED_SIZE = (1024, 1024)
PICTURE_UNITS = (OfferUnit.IMAGE, OfferUnit.MEGAPIXEL)
SIZE = re.compile(r"\b(\d{3,5})\s*[x×]\s*(\d{3,5})\b")
# Services name square sizes by their thousands of pixels a side.
SIZE_NAMES = {"0.5K": 512, "1K": 1024, "2K": 2048, "4K": 4096}
# What a person compares first: a picture's price, then a token's, then time and subscriptions.
UNIT_ORDER = [
    OfferUnit.IMAGE,
    OfferUnit.MEGAPIXEL,
    OfferUnit.PROMPT_TOKEN,
    OfferUnit.COMPLETION_TOKEN,
    OfferUnit.IMAGE_TOKEN,
    OfferUnit.CACHED_PROMPT_TOKEN,
    OfferUnit.GPU_SECOND,
    OfferUnit.CREDIT,
    OfferUnit.MONTH,
]


@dataclass(frozen=True)
class Price:
    """One offer as the pages need it."""

    kind: OfferKind
    provider: str
    plan: str
    unit: OfferUnit | None
    detail: str
    amount: Decimal
    currency: str
    as_of: dt.date
    source_url: str
    # From when on the source could not confirm the price.
    stale_since: dt.date | None = None

    @property
    def text(self) -> str:
        """Return the price in words, with the size and quality that it is for."""
        if self.unit is None or self.kind != OfferKind.HOSTED:
            free = {OfferKind.SELF_HOSTED: "Free to run yourself"}.get(self.kind, "Free hosted tier")
            return f"{free} ({self.detail})" if self.detail else free
        price = readable_price(self.amount, unit=self.unit, currency=self.currency)
        if self.unit == OfferUnit.IMAGE and named_sizes(self.detail):
            size = SIZE.sub(r"\1×\2", self.detail)
            return f"{price} at {size}"
        return f"{price} ({self.detail})" if self.detail else price


def named_sizes(detail: str) -> frozenset[tuple[int, int]]:
    """Return the picture sizes that a price's detail names, in pixels; empty where it names none.

    >>> sorted(named_sizes("1024x1536, low quality")), sorted(named_sizes("4K")), named_sizes("flux-pro")
    ([(1024, 1536)], [(4096, 4096)], frozenset())
    """
    sizes = {(int(width), int(height)) for width, height in SIZE.findall(detail)}
    named = SIZE_NAMES.get(detail.partition(",")[0].strip().upper())
    return frozenset(sizes | {(named, named)}) if named else frozenset(sizes)


def readable_amount(amount: Decimal, *, currency: str) -> str:
    """Return an amount with its sign: at least two decimals, and no digit lost.

    >>> readable_amount(Decimal("0.065"), currency="USD")
    '$0.065'
    >>> readable_amount(Decimal("8"), currency="CHF")
    '8.00 CHF'
    """
    digits = f"{amount.normalize():,f}"
    whole, _, fraction = digits.partition(".")
    number = f"{whole}.{fraction:0<2}"
    sign = CURRENCY_SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency}"


def readable_price(amount: Decimal, *, unit: OfferUnit, currency: str) -> str:
    """Return a price per unit in the amount that people buy.

    >>> readable_price(Decimal("0.000008"), unit=OfferUnit.PROMPT_TOKEN, currency="USD")
    '$8.00 per 1M prompt tokens'
    >>> readable_price(Decimal("0.04"), unit=OfferUnit.IMAGE, currency="USD")
    '$0.04 per image'
    >>> readable_price(Decimal("0.00136"), unit=OfferUnit.IMAGE, currency="USD")
    '$1.36 per 1,000 images'
    >>> readable_price(Decimal("0.0005"), unit=OfferUnit.GPU_SECOND, currency="USD")
    '$1.80 per hour of GPU time'
    """
    if unit in TOKEN_UNITS:
        return f"{readable_amount(amount * MILLION, currency=currency)} per 1M {TOKEN_UNITS[unit]}"
    if unit == OfferUnit.GPU_SECOND:
        return f"{readable_amount(amount * SECONDS_PER_HOUR, currency=currency)} per hour of GPU time"
    if unit in SMALL_UNITS and 0 < amount < SMALL_AMOUNT:
        return f"{readable_amount(amount * 1000, currency=currency)} per 1,000 {SMALL_UNITS[unit]}"
    return f"{readable_amount(amount, currency=currency)} per {PIECE_UNITS[unit]}"


def picture_price(amount: Decimal, *, currency: str) -> str:
    """Return what one picture costs in three digits; below a cent, what a thousand cost.

    >>> picture_price(Decimal("0.0013631488"), currency="USD"), picture_price(Decimal("0.04"), currency="USD")
    ('$1.36 per 1,000 pictures', '$0.04 a picture')
    """
    if 0 < amount < SMALL_AMOUNT:
        return f"{readable_amount(three_digits(amount * 1000), currency=currency)} per 1,000 pictures"
    return f"{readable_amount(three_digits(amount), currency=currency)} a picture"


def three_digits(amount: Decimal) -> Decimal:
    """Return an amount rounded to three significant digits.

    >>> three_digits(Decimal("0.042615"))
    Decimal('0.0426')
    """
    return Decimal(f"{amount:.3g}")


def least_listed(prices: Sequence[Price]) -> Price | None:
    """Return the lowest hosted price as listed, in the unit that people compare first; None where none is known.

    Prices by the image and by the megapixel compete as the price of one picture of 1024×1024; one for
    another size only where nothing else is sold. Free offers are no starting price: "free to run yourself"
    and "free hosted tier" are said apart.
    """
    hosted = [price for price in prices if price.kind == OfferKind.HOSTED and price.unit is not None]
    return min(hosted, key=_listed_order, default=None)


def _listed_order(price: Price) -> tuple[int, bool, Decimal, bool, str, str]:
    unit = OfferUnit.IMAGE if price.unit in PICTURE_UNITS else price.unit
    rank = UNIT_ORDER.index(unit) if unit in UNIT_ORDER else len(UNIT_ORDER)
    sizes = named_sizes(price.detail) if price.unit == OfferUnit.IMAGE else frozenset()
    is_other_size = bool(sizes) and COMPARED_SIZE not in sizes
    return (
        rank,
        is_other_size,
        _at_compared_size(price),
        price.unit != OfferUnit.IMAGE,
        price.provider,
        price.plan,
    )


def _at_compared_size(price: Price) -> Decimal:
    """Return what one picture of the compared size costs, where a picture is sold; else the amount.

    Most who sell by the megapixel count the compared size as one; those who bill each pixel do not.
    """
    if price.unit == OfferUnit.MEGAPIXEL and "per pixel" in price.detail:
        width, height = COMPARED_SIZE
        return price.amount * width * height / MILLION
    return price.amount


def pricing_model(openness: Openness, prices: Sequence[Price]) -> str:
    """Return how one pays, in a few words; a paid API is never "free".

    >>> pricing_model(Openness.API_ONLY, [])
    'Price not known'
    """
    kinds = {price.kind for price in prices}
    parts = []
    if OfferKind.SELF_HOSTED in kinds and openness != Openness.API_ONLY:
        parts.append("free to run yourself")
    if OfferKind.FREE_TIER in kinds:
        parts.append("free hosted tier")
    if OfferKind.HOSTED in kinds:
        parts.append("paid API" if openness == Openness.API_ONLY else "paid hosting")
    return "; ".join(parts).capitalize().replace("api", "API") if parts else "Price not known"

"""Prices as people read them. Plain Python: no database here."""

import datetime as dt
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
    OfferUnit.GPU_SECOND: "GPU second",
    OfferUnit.MONTH: "month",
    OfferUnit.CREDIT: "credit",
}
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
        """Return the price in words."""
        if self.unit is None or self.kind != OfferKind.HOSTED:
            return {OfferKind.SELF_HOSTED: "Free to run yourself"}.get(self.kind, "Free tier")
        price = readable_price(self.amount, unit=self.unit, currency=self.currency)
        return f"{price} ({self.detail})" if self.detail else price


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
    """
    if unit in TOKEN_UNITS:
        return f"{readable_amount(amount * MILLION, currency=currency)} per 1M {TOKEN_UNITS[unit]}"
    return f"{readable_amount(amount, currency=currency)} per {PIECE_UNITS[unit]}"


def starting_price(prices: Sequence[Price]) -> Price | None:
    """Return the lowest hosted price in the unit that people compare first; None where none is known.

    Free offers are no starting price: "free to run yourself" and "free tier" are said apart.
    """
    hosted = [price for price in prices if price.kind == OfferKind.HOSTED and price.unit is not None]
    return min(hosted, key=lambda price: (_unit_rank(price), price.amount), default=None)


def _unit_rank(price: Price) -> int:
    return UNIT_ORDER.index(price.unit) if price.unit in UNIT_ORDER else len(UNIT_ORDER)


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

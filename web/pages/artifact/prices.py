"""Prices on the artifact's page: each with the line of what it was before, where it ever changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.pricing import Price, readable_price
from catalog.selectors import PricePoint, PriceSeries
from catalog.vocabulary import OfferUnit

# Where the lowest and the highest amount stand in a box of 100 by 100, so that no stroke is cut off.
TOP, BOTTOM = 10, 90


@dataclass(frozen=True)
class Trend:
    """A price over time as steps; ``path`` is drawn in a box of 100 by 100 that is stretched."""

    path: str
    words: str


@dataclass(frozen=True)
class PriceLine:
    """A current price and, where it changed, how it got there."""

    price: Price
    trend: Trend | None


def price_lines(prices: Sequence[Price], histories: Sequence[PriceSeries]) -> tuple[PriceLine, ...]:
    """Return the current prices in their order, each with its history where that has a change."""
    by_key: dict[tuple[str, str, OfferUnit | None, str, str], PriceSeries] = {
        (row.provider, row.plan, row.unit, row.detail, row.currency): row
        for row in histories
        if row.has_changed
    }
    return tuple(
        PriceLine(
            price, _trend(by_key.get((price.provider, price.plan, price.unit, price.detail, price.currency)))
        )
        for price in prices
    )


def _trend(series: PriceSeries | None) -> Trend | None:
    if series is None:
        return None
    first, last = series.points[0], series.points[-1]
    before, now = (
        readable_price(point.amount, unit=series.unit, currency=series.currency) for point in (first, last)
    )
    words = f"{before} on {first.as_of.isoformat()}, {now} on {last.as_of.isoformat()}"
    return Trend(steps(series.points), words)


def steps(points: Sequence[PricePoint]) -> str:
    """Return an SVG path of a price that holds until it changes; the highest amount stands at the top.

    >>> import datetime as dt
    >>> from decimal import Decimal
    >>> days = [PricePoint(dt.date(2026, 1, day), Decimal(usd), "") for day, usd in ((1, 8), (3, 4), (5, 6))]
    >>> steps(days)
    'M0 10 H50 V90 H100 V50'
    """
    start, end = points[0].as_of, points[-1].as_of
    days = max(1, (end - start).days)
    amounts = [float(point.amount) for point in points]
    low, high = min(amounts), max(amounts)
    heights = [f"{BOTTOM - (BOTTOM - TOP) * (amount - low) / ((high - low) or 1):g}" for amount in amounts]
    moves = [
        f"H{100 * (point.as_of - start).days / days:g} V{height}"
        for point, height in zip(points[1:], heights[1:], strict=True)
    ]
    return " ".join([f"M0 {heights[0]}", *moves])

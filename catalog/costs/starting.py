"""The one price that stands for an artifact wherever a single price is shown, sorted by or compared."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.costs.estimate import Estimate, estimates
from catalog.costs.usage import Usage, Volume
from catalog.pricing import Price, least_listed, named_sizes, picture_price
from catalog.vocabulary import OfferKind, OfferUnit

# The picture that headline prices are for: a square of 1024 pixels a side.
ONE_PICTURE = Volume(images=1)
# What providers call the quality between their cheapest and their best.
MIDDLE = frozenset({"medium", "standard"})
CURRENCY = "USD"


@dataclass(frozen=True)
class StartingPrice:
    """What one picture of 1024×1024 costs by the usual way of paying, or a listed price where that is unknown.

    ``price`` is the offer that it rests on. ``per_picture`` is None where the unit does not tell what a picture
    costs; ``quality`` is empty where the source names none.
    """

    price: Price
    listed: tuple[Price, ...]
    per_picture: Decimal | None = None
    quality: str = ""

    @property
    def currency(self) -> str:
        """Return the currency's code."""
        return self.price.currency

    @property
    def text(self) -> str:
        """Return the price in words, with size and quality where the price depends on them."""
        if self.per_picture is None:
            return self.price.text
        words = picture_price(self.per_picture, currency=self.currency)
        if self.is_flat:
            return words
        quality = f", {self.quality}" if self.quality else ""
        return f"{words} at {ONE_PICTURE.size}{quality}"

    @property
    def is_flat(self) -> bool:
        """Return whether the price is the same whatever size and quality are asked for."""
        is_sized = self.price.unit != OfferUnit.IMAGE or bool(named_sizes(self.price.detail))
        return not is_sized and not self.quality

    @property
    def details(self) -> str:
        """Return the offers as the provider lists them; empty where ``text`` says the same."""
        if self.per_picture is None:
            return ""
        is_listed_so = self.price.unit == OfferUnit.IMAGE and not (self.is_flat and self.price.detail)
        return "" if is_listed_so else "; ".join(dict.fromkeys(price.text for price in self.listed))


def starting_price(prices: Sequence[Price], *, artifact: str, usage: Usage) -> StartingPrice | None:
    """Return the least hosted price of one picture at 1024×1024, in the middle quality where there are several.

    ``artifact`` is the slug under which ``usage`` knows token counts and times. Free offers are no starting
    price. Where no picture's price can be computed, it is the lowest price as listed; None where there is none.
    """
    ways = usual_ways(estimates(prices, ONE_PICTURE, artifact=artifact, usage=usage))
    hosted = [way for way in ways if way.kind == OfferKind.HOSTED and way.per_lot is not None]
    if hosted:
        way = min(hosted, key=_order)
        return StartingPrice(way.prices[0], way.prices, way.per_lot, way.quality)
    listed = least_listed(prices)
    return StartingPrice(listed, (listed,)) if listed else None


def _order(way: Estimate) -> tuple[bool, Decimal, str, str]:
    return way.currency != CURRENCY, way.per_lot or Decimal(0), way.provider, way.plan


def usual_ways(ways: Sequence[Estimate]) -> tuple[Estimate, ...]:
    """Return the computed ways that are fair to compare, in their order.

    Where one provider prices one plan by quality, only the middle one is: its "medium" or "standard", else
    the middle by price (the cheaper of two).
    """
    by_plan: dict[tuple[str, str, OfferKind], list[Estimate]] = defaultdict(list)
    for way in ways:
        if way.monthly is not None and way.quality:
            by_plan[way.provider, way.plan, way.kind].append(way)
    left_out = {id(way) for group in by_plan.values() for way in group if way.quality != _middle(group)}
    return tuple(way for way in ways if way.monthly is not None and id(way) not in left_out)


def _middle(group: Sequence[Estimate]) -> str:
    named = next((way.quality for way in group if way.quality.split()[0] in MIDDLE), "")
    ordered = sorted(group, key=lambda way: way.per_lot or Decimal(0))
    return named or ordered[(len(ordered) - 1) // 2].quality

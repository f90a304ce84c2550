"""What artifacts cost: a picture, and over time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.costs import StartingPrice, starting_price
from catalog.models import Offer
from catalog.pricing import Price
from catalog.seed.usage import shipped_usage
from catalog.selectors.details import price_of
from catalog.vocabulary import OfferKind, OfferUnit


@dataclass(frozen=True)
class PricePoint:
    """One observation of a price."""

    as_of: dt.date
    amount: Decimal
    source_url: str


@dataclass(frozen=True)
class PriceSeries:
    """One price over time, oldest first."""

    provider: str
    plan: str
    unit: OfferUnit
    detail: str
    currency: str
    points: tuple[PricePoint, ...]

    @property
    def has_changed(self) -> bool:
        """Say whether the amount was ever another one."""
        return len({point.amount for point in self.points}) > 1


def starting_prices(artifact_ids: Sequence[int]) -> dict[int, StartingPrice]:
    """Return the price that stands for each artifact, where a hosted one is known. One query."""
    slugs: dict[int, str] = {}
    prices: dict[int, list[Price]] = defaultdict(list)
    offers = Offer.objects.current().filter(artifact__in=artifact_ids)
    for offer in offers.select_related("source", "artifact").defer("source__payload").order_by("pk"):
        slugs[offer.artifact_id] = offer.artifact.slug
        prices[offer.artifact_id].append(price_of(offer))
    found = {
        id_: starting_price(prices[id_], artifact=slug, usage=shipped_usage()) for id_, slug in slugs.items()
    }
    return {id_: price for id_, price in found.items() if price is not None}


def price_histories(artifact_ids: Sequence[int]) -> dict[int, list[PriceSeries]]:
    """Return every hosted price over time, by artifact, longest series first. One query."""
    groups: dict[int, dict[tuple[str, ...], list[PricePoint]]] = defaultdict(lambda: defaultdict(list))
    offers = Offer.objects.filter(artifact__in=artifact_ids, kind=OfferKind.HOSTED.value)
    rows = offers.order_by("as_of", "pk").values_list(
        "artifact_id", "provider", "plan", "unit", "detail", "currency", "as_of", "amount", "source__url"
    )
    for artifact_id, *key, as_of, amount, url in rows:
        groups[artifact_id][tuple(key)].append(PricePoint(as_of, amount, url))
    return {id_: _series(by_price) for id_, by_price in groups.items()}


def _series(by_price: dict[tuple[str, ...], list[PricePoint]]) -> list[PriceSeries]:
    found = [
        PriceSeries(provider, plan, OfferUnit(unit), detail, currency, tuple(points))
        for (provider, plan, unit, detail, currency), points in by_price.items()
    ]
    return sorted(found, key=lambda row: (-len(row.points), row.provider, row.plan, row.unit, row.detail))

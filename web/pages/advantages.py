"""What speaks for one artifact against another, as far as it is known of both. Plain Python: no database here."""

from typing import TypeAlias

from catalog.costs import StartingPrice
from catalog.vocabulary import Openness

# What an artifact costs, where a hosted price is known, and how open it is.
Terms: TypeAlias = tuple[StartingPrice | None, Openness]
OPEN = {Openness.OPEN_SOURCE: "open source", Openness.OPEN_WEIGHTS: "open weights"}


def advantages(own: Terms, other: Terms) -> tuple[str, ...]:
    """Return what speaks for the other; a price is compared with a price of the same currency alone.

    >>> advantages((None, Openness.API_ONLY), (None, Openness.OPEN_WEIGHTS))
    ('open weights',)
    """
    (own_price, own_openness), (price, openness) = own, other
    found = ["cheaper"] if own_price and price and _is_cheaper(price, own_price) else []
    if openness in OPEN and own_openness not in OPEN:
        found.append(OPEN[openness])
    return tuple(found)


def _is_cheaper(price: StartingPrice, than: StartingPrice) -> bool:
    if price.currency != than.currency or price.per_picture is None or than.per_picture is None:
        return False
    return price.per_picture < than.per_picture

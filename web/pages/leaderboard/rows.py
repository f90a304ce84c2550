"""The rows of a leaderboard: what they show, which of them stay, and in which order."""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from catalog.costs import StartingPrice
from catalog.models import Artifact
from catalog.models.artifact import ArtifactQuerySet
from catalog.selectors import starting_prices
from evaluation.selectors import measured_speed
from ranking.compute.verdict import Z_90
from ranking.selectors import EntryView, rank_entries
from web.figures import Bar, rank_bar
from web.pages.cards import ArtifactCard, artifact_card
from web.pages.leaderboard.choices import LICENCES, OPENNESS, Choices

# What a visitor limits and sorts by is in dollars.
CURRENCY = "USD"


@dataclass(frozen=True)
class BoardRow:
    """One artifact with all that a leaderboard filters, sorts and draws by; None where it is not known."""

    card: ArtifactCard
    openness: str
    licence_outputs: str
    released_on: dt.date | None
    memory_gb: float | None
    price: float | None
    price_words: str
    seconds: float | None
    hardware: str
    entry: EntryView | None
    own: Bar | None = None

    @property
    def quality(self) -> float | None:
        """Return the quality component, 0-100, where there is any evidence."""
        return self.component("quality")

    def component(self, name: str) -> float | None:
        """Return a component of the rank, 0-100, where it is known."""
        parts = self.entry.components if self.entry else ()
        return next((part.value * 100 for part in parts if part.name == name and not part.is_missing), None)

    @property
    def facts(self) -> tuple[str, ...]:
        """Return what the row says under the name."""
        return tuple(
            filter(
                None,
                (
                    str(self.released_on.year) if self.released_on else "",
                    f"{self.memory_gb:g} GB" if self.memory_gb is not None else "",
                    self.price_words,
                    f"{self.seconds:.3g} s a picture" if self.seconds is not None else "",
                ),
            )
        )


def board_rows(artifacts: ArtifactQuerySet, *, weights: Mapping[str, float]) -> list[BoardRow]:
    """Return the rows of artifacts in their order. Four queries for any number of rows."""
    found = list(artifacts.select_related("publisher"))
    ids = [artifact.pk for artifact in found]
    entries = rank_entries(ids, with_inputs=False)
    prices = starting_prices(ids)
    speeds = measured_speed(ids)
    rows = []
    for artifact in found:
        entry, speed = entries.get(artifact.pk), speeds.get(artifact.pk)
        price = prices.get(artifact.pk)
        rows.append(
            BoardRow(
                card=artifact_card(artifact),
                openness=artifact.openness,
                licence_outputs=artifact.licence_outputs_commercial,
                released_on=artifact.released_on,
                memory_gb=_float(artifact),
                price=_dollars(price),
                price_words=price.text if price and price.per_picture is not None else "",
                seconds=speed.seconds if speed else None,
                hardware=speed.hardware if speed else "",
                entry=entry,
                own=own_bar(entry, weights) if entry and weights else None,
            )
        )
    return rows


def own_bar(entry: EntryView, weights: Mapping[str, float]) -> Bar:
    """Return a score under a visitor's weights, 0-100, with its 90 % interval.

    Components that the kind does not have, or that got no weight, do not count.
    """
    parts = [(part, weights.get(part.name, 0.0)) for part in entry.components]
    total = sum(weight for _, weight in parts)
    if not total:
        return rank_bar(0, 0, 100)
    score = 100 * sum(part.value * weight for part, weight in parts) / total
    half = 100 * Z_90 * math.hypot(*(part.sd * weight for part, weight in parts)) / total
    return rank_bar(score, max(0.0, score - half), min(100.0, score + half))


def kept(rows: Iterable[BoardRow], choices: Choices) -> tuple[list[BoardRow], list[str]]:
    """Return the rows that a visitor asks for, and how many went because something is not known."""
    staying = [row for row in rows if _fits_words(row, choices)]
    unknown = []
    for label, limit, value, fits in (
        ("price", choices.max_price, _price, _at_most),
        ("memory", choices.max_memory, _memory, _at_most),
        ("year", choices.since, _year, _at_least),
    ):
        if limit is None:
            continue
        if n := sum(value(row) is None for row in staying):
            unknown.append(f"{n} left out because no {label} is known")
        staying = [row for row in staying if fits(value(row), limit)]
    return staying, unknown


def ordered(rows: Sequence[BoardRow], choices: Choices) -> list[BoardRow]:
    """Return rows in the order asked for, what is not known at the end, equals by their rank."""
    if choices.sort == "name":
        return sorted(rows, key=lambda row: row.card.name.casefold())
    if choices.sort not in SORT_VALUES:
        return list(rows)
    sign = 1 if choices.sort in LEAST_FIRST else -1
    return sorted(rows, key=_none_last(SORT_VALUES[choices.sort], sign))


def unsorted_words(rows: Sequence[BoardRow], choices: Choices) -> str:
    """Say how many rows the order cannot place, because what it goes by is not known of them."""
    known = SORT_VALUES.get(choices.sort)
    n = sum(known(row) is None for row in rows) if known else 0
    if not n:
        return ""
    what = SORT_WORDS[choices.sort]
    if n == len(rows):
        return f"No {what} is known of any of these, so they stand in their usual order"
    return f"The last {n} of {len(rows)} have no known {what} and stand in their usual order"


def _none_last(
    value: Callable[[BoardRow], float | None], sign: int
) -> Callable[[BoardRow], tuple[bool, float]]:
    def key(row: BoardRow) -> tuple[bool, float]:
        found = value(row)
        return found is None, 0.0 if found is None else sign * found

    return key


def _fits_words(row: BoardRow, choices: Choices) -> bool:
    is_open = not choices.openness or row.openness in OPENNESS[choices.openness]
    return is_open and (not choices.licence or row.licence_outputs in LICENCES[choices.licence])


def _at_most(value: float | None, limit: float) -> bool:
    return value is not None and value <= limit


def _at_least(value: float | None, limit: float) -> bool:
    return value is not None and value >= limit


def _price(row: BoardRow) -> float | None:
    return row.price


def _memory(row: BoardRow) -> float | None:
    return row.memory_gb


def _seconds(row: BoardRow) -> float | None:
    return row.seconds


def _quality(row: BoardRow) -> float | None:
    return row.quality


def _year(row: BoardRow) -> float | None:
    return row.released_on.year if row.released_on else None


def _float(artifact: Artifact) -> float | None:
    return None if artifact.memory_gb is None else float(artifact.memory_gb)


def _dollars(price: StartingPrice | None) -> float | None:
    """Return what one picture costs in dollars, where it can be computed."""
    if price is None or price.per_picture is None or price.currency != CURRENCY:
        return None
    return float(price.per_picture)


def _own(row: BoardRow) -> float | None:
    return row.own.value if row.own else None


def _adoption(row: BoardRow) -> float | None:
    return row.component("adoption")


def _released(row: BoardRow) -> float | None:
    return float(row.released_on.toordinal()) if row.released_on else None


# What an order goes by, and its words; an order that is not here needs nothing to be known.
SORT_VALUES: Final[Mapping[str, Callable[[BoardRow], float | None]]] = {
    "own": _own,
    "quality": _quality,
    "adoption": _adoption,
    "price": _price,
    "memory": _memory,
    "speed": _seconds,
    "newest": _released,
}
SORT_WORDS: Final = {
    "own": "component that your weights count",
    "quality": "quality",
    "adoption": "adoption",
    "price": "price of a picture",
    "memory": "need of memory",
    "speed": "measured speed",
    "newest": "day of release",
}
LEAST_FIRST: Final = frozenset({"price", "memory", "speed"})

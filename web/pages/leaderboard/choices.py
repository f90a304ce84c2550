"""What a visitor asks of a leaderboard, as it stands in the address. Plain Python: no database here."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from catalog.vocabulary import Openness, Permission

OPENNESS = {
    "open": (Openness.OPEN_SOURCE, Openness.OPEN_WEIGHTS),
    "on-request": (Openness.WEIGHTS_ON_REQUEST,),
    "api": (Openness.API_ONLY,),
}
LICENCES = {
    "yes": (Permission.YES,),
    "conditional": (Permission.YES, Permission.CONDITIONAL),
}
SORTS = {
    "rank": "Rank",
    "own": "Your weights",
    "quality": "Quality",
    "adoption": "Adoption",
    "price": "Price, lowest first",
    "memory": "Memory, least first",
    "speed": "Speed, fastest first",
    "newest": "Newest first",
    "name": "Name",
}
WEIGHT_PREFIX = "w_"
FIRST_YEAR, LAST_YEAR = 2014, 2100
MAX_NUMBER = 1_000_000
MAX_WEIGHT = 100


@dataclass(frozen=True)
class Choices:
    """Filters, order and weights; ``problems`` say what was asked for and could not be understood."""

    openness: str = ""
    licence: str = ""
    max_price: float | None = None
    max_memory: float | None = None
    since: int | None = None
    sort: str = "rank"
    weights: Mapping[str, float] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def has_filters(self) -> bool:
        """Return whether anything is left out by them."""
        limits = (self.max_price, self.max_memory, self.since)
        return bool(self.openness or self.licence) or any(limit is not None for limit in limits)

    @property
    def shown_price(self) -> str:
        """Return the highest price as the form holds it."""
        return shown(self.max_price)

    @property
    def shown_memory(self) -> str:
        """Return the most memory as the form holds it."""
        return shown(self.max_memory)

    @property
    def is_plain(self) -> bool:
        """Return whether this is the leaderboard as everybody sees it."""
        return not (self.has_filters or self.weights or self.sort != "rank")

    def query(self, **more: str) -> str:
        """Return the choices as they stand in an address, with what is added to them.

        >>> Choices(openness="open", since=2025).query(page="2")
        'openness=open&since=2025&page=2'
        """
        own = {
            "openness": self.openness,
            "licence": self.licence,
            "max_price": shown(self.max_price),
            "max_memory": shown(self.max_memory),
            "since": shown(self.since),
            "sort": "" if self.sort == "rank" else self.sort,
            **{f"{WEIGHT_PREFIX}{name}": shown(weight) for name, weight in self.weights.items()},
        }
        return urlencode({key: value for key, value in {**own, **more}.items() if value})


def choices_of(
    parameters: Mapping[str, str], *, components: Mapping[str, str], sorts: Mapping[str, str] = SORTS
) -> Choices:
    """Return what an address asks for; what cannot be understood is left out and said.

    Args:
        parameters: the address's parameters.
        components: the labels of the rank's components by name; each may be given a weight.
        sorts: the labels of the orders that this leaderboard can be brought into.
    """
    reading = _Reading(parameters)
    weights = {
        name: reading.number(f"{WEIGHT_PREFIX}{name}", label, most=MAX_WEIGHT)
        for name, label in components.items()
    }
    given = {name: weight for name, weight in weights.items() if weight is not None}
    if given and not sum(given.values()):
        reading.problems.append("At least one weight has to be above 0")
        given = {}
    year = reading.number("since", "The year", least=FIRST_YEAR, most=LAST_YEAR)
    sort = reading.one_of("sort", sorts) or ("own" if given else "rank")
    return Choices(
        openness=reading.one_of("openness", OPENNESS),
        licence=reading.one_of("licence", LICENCES),
        max_price=reading.number("max_price", "The price"),
        max_memory=reading.number("max_memory", "The memory"),
        since=None if year is None else int(year),
        sort="rank" if sort == "own" and not given else sort,
        weights=given,
        problems=tuple(reading.problems),
    )


class _Reading:
    """Reads parameters and gathers what cannot be understood."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self.parameters = parameters
        self.problems: list[str] = []

    def one_of(self, name: str, known: Mapping[str, object]) -> str:
        value = self.parameters.get(name, "").strip()
        if value and value not in known:
            self.problems.append(f"“{value[:40]}” is not one of {', '.join(known)} for {name}")
            return ""
        return value

    def number(self, name: str, label: str, *, least: float = 0, most: float = MAX_NUMBER) -> float | None:
        text = self.parameters.get(name, "").strip().replace(",", ".")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            self.problems.append(
                f"{label} has to be a number from {least:.0f} to {most:.0f}, not “{text[:40]}”"
            )
            return None
        return value


def shown(number: float | None) -> str:
    """Return a number as an address and a form hold it; empty where there is none."""
    return "" if number is None else f"{number:.10g}"

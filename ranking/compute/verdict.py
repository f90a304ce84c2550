"""From two artifacts' data to the sentences of a verdict.

One function decides what may be said; the table beside it is drawn from the same records. Nothing is
said without a datum: each statement names the place on the page that shows it. Inside an interval
nobody "leads".
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

Confidence = Literal["clear", "probable", "open"]
Anchor = Literal["rank", "scores", "pricing", "licence", "capabilities"]

CLEAR, PROBABLE = 0.95, 0.90
Z_90 = NormalDist().inv_cdf(0.95)
# What a person reads in half a minute; what does not fit stays in the table.
MAX_WORDS = 119
PRICE_NOT_KNOWN = "Price not known"
# How one pays, as a verb phrase for one and for both.
PRICE_PHRASES = {
    "free to run yourself": ("is free to run yourself", "are free to run yourself"),
    "free hosted tier": ("has a free hosted tier", "have free hosted tiers"),
    "paid API": ("is a paid API", "are paid APIs"),
    "paid hosting": ("has paid hosting", "have paid hosting"),
}
LICENCE_PHRASES = {"no": "not be used commercially", "conditional": "be used commercially only on conditions"}


@dataclass(frozen=True)
class ComponentSide:
    """One component of one side; ``value`` and ``sd`` on 0-1."""

    name: str
    label: str
    value: float
    sd: float
    is_missing: bool


@dataclass(frozen=True)
class RankSide:
    """One side's rank in points, 0-100, with the bounds of its 90 % interval."""

    score: float
    low: float
    high: float
    components: tuple[ComponentSide, ...]

    @property
    def sd(self) -> float:
        """Return the standard deviation; the wider half counts, since a bound may be clipped."""
        return max(self.score - self.low, self.high - self.score) / Z_90


@dataclass(frozen=True)
class PriceSide:
    """One side's pricing in words: how one pays, and the lowest hosted price where one is known."""

    model: str
    starting_price: str | None


@dataclass(frozen=True)
class LicenceSide:
    """One side's licence: may the outputs be used commercially ("yes", "no", "conditional" or "")?"""

    name: str
    outputs_commercial: str
    condition: str


@dataclass(frozen=True)
class Side:
    """Everything that a verdict may use of one artifact."""

    name: str
    kind: str
    rank: RankSide | None
    price: PriceSide
    licence: LicenceSide
    is_measured: bool


@dataclass(frozen=True)
class MeasuredDifference:
    """First minus second on one suite's headline metric, 0-1, with its paired 95 % interval."""

    suite: str
    difference: float
    ci_low: float
    ci_high: float

    @property
    def is_tie(self) -> bool:
        """Return whether the interval covers 0."""
        return self.ci_low <= 0 <= self.ci_high


@dataclass(frozen=True)
class CapabilityCounts:
    """How many capabilities the two share, and how many each has alone."""

    shared: int
    only_first: int
    only_second: int


@dataclass(frozen=True)
class Statement:
    """One sentence and the section of the page that backs it."""

    text: str
    anchor: Anchor


@dataclass(frozen=True)
class Verdict:
    """The headline, how sure it is, and what else can be said."""

    headline: str
    confidence: Confidence
    leader: Literal["first", "second"] | None
    statements: tuple[Statement, ...]

    @property
    def text(self) -> str:
        """Return headline and statements as one paragraph."""
        return " ".join([self.headline, *(statement.text for statement in self.statements)])


def probability_higher(first: RankSide, second: RankSide) -> float:
    """Return P(first > second) for two independent normal scores; 0-1."""
    sd = math.hypot(first.sd, second.sd)
    if sd == 0:
        return 0.5 if first.score == second.score else float(first.score > second.score)
    return NormalDist().cdf((first.score - second.score) / sd)


def stands_apart(one: ComponentSide, other: ComponentSide) -> bool:
    """Return whether two components are told apart: both known, and further apart than their interval.

    A difference that the page's whole numbers do not show is none.
    """
    if one.is_missing or other.is_missing or of_100(one.value) == of_100(other.value):
        return False
    return abs(one.value - other.value) > Z_90 * math.hypot(one.sd, other.sd)


def verdict(
    first: Side,
    second: Side,
    *,
    measured: Sequence[MeasuredDifference] = (),
    capabilities: CapabilityCounts | None = None,
) -> Verdict:
    """Return what the data allow one to say about two artifacts, in under 120 words."""
    headline, confidence, leader = _headline(first, second)
    statements = [
        *_component_statements(first, second),
        *_measured_statements(first, second, measured),
        *_price_statements(first, second),
        *licence_statements((first, second)),
        *_capability_statement(first, second, capabilities),
    ]
    return Verdict(headline, confidence, leader, tuple(fitting(headline, statements)))


def fitting(headline: str, statements: Iterable[Statement]) -> Iterable[Statement]:
    """Keep the statements, most important first, that fit; one that does not fit is left out whole."""
    words = len(headline.split())
    for statement in statements:
        longer = words + len(statement.text.split())
        if longer <= MAX_WORDS:
            words = longer
            yield statement


def _headline(first: Side, second: Side) -> tuple[str, Confidence, Literal["first", "second"] | None]:
    if first.rank is None or second.rank is None:
        unranked = [side.name for side in (first, second) if side.rank is None]
        return f"{joined(unranked)} {_are(unranked)} not ranked yet.", "open", None
    p = probability_higher(first.rank, second.rank)
    leader: Literal["first", "second"] = "first" if p >= 0.5 else "second"
    high, low = (first, second) if leader == "first" else (second, first)
    assert high.rank is not None and low.rank is not None  # noqa: S101, PT018 - both were checked above
    scores = _scores(high.rank.score, low.rank.score)
    sure = max(p, 1 - p)
    other_kind = "" if first.kind == second.kind else ", each measured against its own kind"
    if sure >= CLEAR:
        return f"{high.name} ranks higher than {low.name}: {scores}{other_kind}.", "clear", leader
    if sure >= PROBABLE:
        return f"{high.name} probably ranks higher than {low.name}: {scores}{other_kind}.", "probable", leader
    text = (
        f"{high.name} and {low.name} are too close to call: {scores}{other_kind}; {_odds(high.name, sure)}."
    )
    return text, "open", None


def _odds(name: str, p: float) -> str:
    """Return how likely a lead is, rounded down: an open order never looks like a probable one."""
    percent = int(p * 100)
    if percent == 50:
        return "on this data either is about as likely to be ahead"
    return f"on this data {name} is about {percent} % likely to be ahead"


def _scores(high: float, low: float) -> str:
    """Return both scores with as few decimals as show their difference; the rank has three."""
    if high == low:
        return f"{high:.1f} out of 100 each"
    decimals = next((n for n in (1, 2) if f"{high:.{n}f}" != f"{low:.{n}f}"), 3)
    return f"{high:.{decimals}f} against {low:.{decimals}f} out of 100"


def _component_statements(first: Side, second: Side) -> Iterable[Statement]:
    """Say who leads in which component, where the difference stands outside its interval."""
    if first.rank is None or second.rank is None or first.kind != second.kind:
        return
    others = {component.name: component for component in second.rank.components}
    leads: dict[Literal["first", "second"], list[str]] = {"first": [], "second": []}
    for component in first.rank.components:
        other = others.get(component.name)
        if other is not None and stands_apart(component, other):
            words = leads["first" if component.value > other.value else "second"]
            words.append(_component_words(component, other, with_scale=not words))
    for name, words in ((first.name, leads["first"]), (second.name, leads["second"])):
        if words:
            yield Statement(f"{name} leads on {joined(words)}.", "rank")


def _component_words(component: ComponentSide, other: ComponentSide, *, with_scale: bool) -> str:
    low, high = sorted((component.value, other.value))
    scale = " out of 100" if with_scale else ""
    return f"{component.label.lower()} ({of_100(high)} against {of_100(low)}{scale})"


def of_100(value: float) -> str:
    """Return a value of 0-1 as a whole number of 100."""
    return f"{value * 100:.0f}"


def _measured_statements(
    first: Side, second: Side, measured: Sequence[MeasuredDifference]
) -> Iterable[Statement]:
    if not measured:
        missing = [side.name for side in (first, second) if not side.is_measured]
        if len(missing) == 2:
            yield Statement("Neither has been run on our suites yet.", "scores")
        elif missing:
            yield Statement(f"{missing[0]} has not been run on our suites yet.", "scores")
        return
    for difference in measured:
        if not difference.is_tie:
            winner = first if difference.difference > 0 else second
            yield Statement(_measured_words(difference, winner.name), "scores")
    if ties := [difference.suite for difference in measured if difference.is_tie]:
        yield Statement(f"On {joined(ties)} they cannot be told apart.", "scores")


def _measured_words(difference: MeasuredDifference, winner: str) -> str:
    low, high = sorted((abs(difference.ci_low), abs(difference.ci_high)))
    points = readable_points(abs(difference.difference) * 100)
    return (
        f"On {difference.suite}, {winner} scores {points} {'point' if points == '1' else 'points'} more "
        f"(95 % interval {readable_points(low * 100)} to {readable_points(high * 100)})."
    )


def readable_points(points: float) -> str:
    """Return a positive number of points in whole numbers, or with the decimals that keep it above 0."""
    if points >= 1:
        return f"{points:.0f}"
    return next((text for n in (1, 2) if float(text := f"{points:.{n}f}") > 0), "under 0.01")


def _price_statements(first: Side, second: Side) -> Iterable[Statement]:
    unknown = [side for side in (first, second) if not is_price_known(side.price)]
    if len(unknown) == 2:
        yield Statement("No price is known for either.", "pricing")
    elif unknown:
        known = second if unknown[0] is first else first
        words = f"{known.name} {price_words(known.price)}; no price is known for {unknown[0].name}."
        yield Statement(words, "pricing")
    elif first.price == second.price:
        yield Statement(f"Both {price_words(first.price, both=True)}.", "pricing")
    else:
        sides = (f"{side.name} {price_words(side.price)}" for side in (first, second))
        yield Statement("; ".join(sides) + ".", "pricing")


def is_price_known(price: PriceSide) -> bool:
    """Return whether anything is known of what a side costs."""
    return price.starting_price is not None or price.model != PRICE_NOT_KNOWN


def price_words(price: PriceSide, *, both: bool = False) -> str:
    """Return how one pays as a verb phrase, for one side or for both."""
    ways = [way[:1].lower() + way[1:] for way in price.model.split("; ")]
    offered = "are sold" if both else "is sold"
    phrases = [PRICE_PHRASES.get(way, (offered, offered))[both] for way in ways]
    starting = f" from {price.starting_price}" if price.starting_price else ""
    return joined(phrases) + starting


def licence_statements(sides: Sequence[Side]) -> Iterable[Statement]:
    """Say whose pictures may not be sold freely, and where nobody knows; a plain yes needs no sentence."""
    for answer, phrase in LICENCE_PHRASES.items():
        such = [side for side in sides if side.licence.outputs_commercial == answer]
        if such:
            licences = list(dict.fromkeys(side.licence.name for side in such if side.licence.name))
            named = f" ({'; '.join(licences)})" if licences else ""
            names = joined([side.name for side in such])
            yield Statement(f"Pictures from {names} may {phrase}{named}.", "licence")
    if unknown := [side.name for side in sides if not side.licence.outputs_commercial]:
        everybody = "either" if len(sides) == 2 else "any"
        names = everybody if len(unknown) == len(sides) else joined(unknown)
        yield Statement(f"Whether pictures from {names} may be used commercially is not known.", "licence")


def _capability_statement(first: Side, second: Side, counts: CapabilityCounts | None) -> Iterable[Statement]:
    if counts is None or not counts.shared + counts.only_first + counts.only_second:
        return
    shared = "no capability" if not counts.shared else _count(counts.shared, "capability", "capabilities")
    alone = [
        f"{side.name} lists {n} that {other.name} does not"
        for side, other, n in ((first, second, counts.only_first), (second, first, counts.only_second))
        if n
    ]
    rest = f"; {joined(alone)}" if alone else ", and neither lists another"
    yield Statement(f"They share {shared}{rest}.", "capabilities")


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def joined(words: Sequence[str]) -> str:
    """Return words in a row, “and” before the last."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

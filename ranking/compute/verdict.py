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


def verdict(
    first: Side,
    second: Side,
    *,
    measured: Sequence[MeasuredDifference] = (),
    capabilities: CapabilityCounts | None = None,
) -> Verdict:
    """Return what the data allow one to say about two artifacts."""
    headline, confidence, leader = _headline(first, second)
    statements = [
        *_component_statements(first, second),
        *_measured_statements(first, second, measured),
        *_price_statement(first, second),
        *_licence_statement(first, second),
        *_capability_statement(first, second, capabilities),
    ]
    return Verdict(headline, confidence, leader, tuple(statements))


def _headline(first: Side, second: Side) -> tuple[str, Confidence, Literal["first", "second"] | None]:
    if first.rank is None or second.rank is None:
        unranked = [side.name for side in (first, second) if side.rank is None]
        return f"{_join(unranked)} {_are(unranked)} not ranked yet.", "open", None
    p = probability_higher(first.rank, second.rank)
    leader: Literal["first", "second"] = "first" if p >= 0.5 else "second"
    high, low = (first, second) if leader == "first" else (second, first)
    assert high.rank is not None and low.rank is not None  # noqa: S101, PT018 - both were checked above
    scores = f"{high.rank.score:.1f} against {low.rank.score:.1f} out of 100"
    sure = max(p, 1 - p)
    other_kind = "" if first.kind == second.kind else ", each measured against its own kind"
    if sure >= CLEAR:
        return f"{high.name} ranks higher than {low.name}: {scores}{other_kind}.", "clear", leader
    if sure >= PROBABLE:
        return f"{high.name} probably ranks higher than {low.name}: {scores}{other_kind}.", "probable", leader
    text = (
        f"{high.name} and {low.name} are too close to call: {scores}, and the intervals overlap{other_kind}."
    )
    return text, "open", None


def _component_statements(first: Side, second: Side) -> Iterable[Statement]:
    """Say who leads in which component, where the difference stands outside its interval."""
    if first.rank is None or second.rank is None or first.kind != second.kind:
        return
    others = {component.name: component for component in second.rank.components}
    leads: dict[str, list[str]] = {first.name: [], second.name: []}
    for component in first.rank.components:
        other = others.get(component.name)
        if other is None or component.is_missing or other.is_missing:
            continue
        difference = component.value - other.value
        if abs(difference) > Z_90 * math.hypot(component.sd, other.sd):
            winner = first.name if difference > 0 else second.name
            leads[winner].append(_component_words(component, other))
    for name, words in leads.items():
        if words:
            yield Statement(f"{name} leads on {_join(words)}.", "rank")


def _component_words(component: ComponentSide, other: ComponentSide) -> str:
    high, low = max(component.value, other.value), min(component.value, other.value)
    return f"{component.label.lower()} ({high * 100:.0f} against {low * 100:.0f} of 100)"


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
        if difference.is_tie:
            continue
        winner = first if difference.difference > 0 else second
        low, high = sorted((abs(difference.ci_low), abs(difference.ci_high)))
        yield Statement(
            f"On {difference.suite}, {winner.name} scores {abs(difference.difference) * 100:.0f} points more "
            f"(95 % interval {low * 100:.0f} to {high * 100:.0f}).",
            "scores",
        )
    if ties := [difference.suite for difference in measured if difference.is_tie]:
        yield Statement(f"On {_join(ties)} they cannot be told apart.", "scores")


def _price_statement(first: Side, second: Side) -> Iterable[Statement]:
    known = [side for side in (first, second) if side.price.starting_price or _is_known(side.price.model)]
    if not known:
        yield Statement("No price is known for either.", "pricing")
        return
    parts = [f"{side.name}: {_price_words(side.price)}" for side in known]
    yield Statement("; ".join(parts) + ".", "pricing")


def _is_known(pricing_model: str) -> bool:
    return pricing_model != "Price not known"


def _price_words(price: PriceSide) -> str:
    model = price.model[:1].lower() + price.model[1:]
    return f"{model}, from {price.starting_price}" if price.starting_price else model


def _licence_statement(first: Side, second: Side) -> Iterable[Statement]:
    """Say whose pictures may not be sold freely; equal answers need no sentence."""
    answers = {"no": "not be used commercially", "conditional": "be used commercially only on conditions"}
    for side in (first, second):
        if words := answers.get(side.licence.outputs_commercial):
            yield Statement(f"Pictures from {side.name} may {words} ({side.licence.name}).", "licence")


def _capability_statement(first: Side, second: Side, counts: CapabilityCounts | None) -> Iterable[Statement]:
    if counts is None or not counts.shared + counts.only_first + counts.only_second:
        return
    shared = "no capability" if not counts.shared else _count(counts.shared, "capability", "capabilities")
    yield Statement(
        f"They share {shared}; {counts.only_first} {_stand(counts.only_first)} only on {first.name}'s list "
        f"and {counts.only_second} only on {second.name}'s.",
        "capabilities",
    )


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _stand(n: int) -> str:
    return "stands" if n == 1 else "stand"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _join(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

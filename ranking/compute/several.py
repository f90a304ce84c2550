"""From three or four artifacts' data to the sentences of a verdict: what is said of two, said of all at once.

The words follow the same thresholds and the same records as the verdict on two, and as the table beside them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from ranking.compute.verdict import (
    CLEAR,
    PROBABLE,
    ComponentSide,
    Confidence,
    MeasuredDifference,
    RankSide,
    Side,
    Statement,
    fitting,
    is_price_known,
    joined,
    licence_statements,
    of_100,
    price_words,
    probability_higher,
    readable_points,
    stands_apart,
)

Ranked = tuple[str, RankSide]


@dataclass(frozen=True)
class PairwiseDifference:
    """What two of the artifacts, by name, differ by on one suite: first minus second."""

    first: str
    second: str
    measured: MeasuredDifference

    @property
    def ahead(self) -> str:
        """Return who scores more; of a tie nobody may be said to."""
        return self.first if self.measured.difference > 0 else self.second

    @property
    def behind(self) -> str:
        """Return the other one."""
        return self.second if self.measured.difference > 0 else self.first

    @property
    def points(self) -> str:
        """Return how many points apart they are, without a sign."""
        return readable_points(abs(self.measured.difference) * 100)


@dataclass(frozen=True)
class SeveralVerdict:
    """The headline, how sure it is that one is ahead of each other one, and what else can be said.

    ``leader`` is the name of that one; None where the order is open.
    """

    headline: str
    confidence: Confidence
    leader: str | None
    statements: tuple[Statement, ...]


def several_verdict(sides: Sequence[Side], *, measured: Sequence[PairwiseDifference] = ()) -> SeveralVerdict:
    """Return what the data allow one to say about three or four artifacts, in under 120 words."""
    ranked = sorted(
        ((side.name, side.rank) for side in sides if side.rank is not None), key=lambda side: -side[1].score
    )
    headline = _headline(sides, ranked)
    statements = [
        *_component_statements(sides),
        *_measured_statements(sides, measured),
        *_price_statements(sides),
        *licence_statements(sides),
    ]
    confidence = _confidence(ranked)
    leader = None if confidence == "open" else ranked[0][0]
    return SeveralVerdict(headline, confidence, leader, tuple(fitting(headline, statements)))


def ranks_differ(ranks: Sequence[RankSide | None]) -> bool:
    """Return whether a verdict on any two of them would call one of them higher, at least probably."""
    known = sorted((rank for rank in ranks if rank is not None), key=lambda rank: -rank.score)
    return any(_sureness(one, other) != "open" for one, other in combinations(known, 2))


def _confidence(ranked: Sequence[Ranked]) -> Confidence:
    if len(ranked) < 2:
        return "open"
    found = {_sureness(ranked[0][1], rank) for _, rank in ranked[1:]}
    return "open" if "open" in found else "probable" if "probable" in found else "clear"


def _headline(sides: Sequence[Side], ranked: Sequence[Ranked]) -> str:
    """Return in a sentence who ranks highest, as far as that is clear; unranked sides are named."""
    unranked = [side.name for side in sides if side.rank is None]
    parts = []
    if len(ranked) > 1:
        own_kind = "" if len({side.kind for side in sides}) == 1 else ", each measured against its own kind"
        parts.append(f"{_order(ranked)}{own_kind}.")
    if unranked:
        parts.append(f"{joined(unranked)} {'is' if len(unranked) == 1 else 'are'} not ranked yet.")
    return " ".join(parts)


def _order(ranked: Sequence[Ranked]) -> str:
    """Return how the highest stands to each other one, by the thresholds of a verdict on two."""
    (leader, best), *others = ranked
    shown = _decimals([rank.score for _, rank in ranked])
    by_sureness: dict[str, list[Ranked]] = {"clear": [], "probable": [], "open": []}
    for name, rank in others:
        by_sureness[_sureness(best, rank)].append((name, rank))
    parts = [
        f"{words} {joined([f'{name} ({rank.score:.{shown}f})' for name, rank in such])}"
        for words, such in (
            ("ranks higher than", by_sureness["clear"]),
            ("probably ranks higher than", by_sureness["probable"]),
            ("is too close to call with", by_sureness["open"]),
        )
        if such
    ]
    # Of several, each chance in the order in which they were named.
    chances = [f"{int(probability_higher(best, rank) * 100)} %" for _, rank in by_sureness["open"]]
    odds = f"; on this data it is about {joined(chances)} likely to be ahead" if chances else ""
    return f"{leader} ({best.score:.{shown}f} out of 100) {joined(parts)}{odds}"


def _sureness(best: RankSide, other: RankSide) -> Confidence:
    chance = probability_higher(best, other)
    return "clear" if chance >= CLEAR else "probable" if chance >= PROBABLE else "open"


def _decimals(scores: Sequence[float]) -> int:
    """Return as many decimals as tell unlike scores apart; the rank has three."""
    n = len(set(scores))
    return next((decimals for decimals in (1, 2) if len({f"{s:.{decimals}f}" for s in scores}) == n), 3)


def _component_statements(sides: Sequence[Side]) -> Iterable[Statement]:
    """Say who leads on which component: apart from every other, among artifacts of one kind that are all ranked."""
    if len({side.kind for side in sides}) > 1 or any(side.rank is None for side in sides):
        return
    by_name: dict[str, list[tuple[str, ComponentSide]]] = {}
    for side in sides:
        for component in side.rank.components if side.rank else ():
            by_name.setdefault(component.name, []).append((side.name, component))
    leads: dict[str, list[str]] = {}
    for parts in by_name.values():
        (leader, best), *others = sorted(parts, key=lambda part: -part[1].value)
        if len(parts) == len(sides) and all(stands_apart(best, other) for _, other in others):
            against = joined([of_100(other.value) for _, other in others])
            scale = "" if leader in leads else " out of 100"
            words = f"{best.label.lower()} ({of_100(best.value)} against {against}{scale})"
            leads.setdefault(leader, []).append(words)
    for leader, words_of in leads.items():
        yield Statement(f"{leader} leads on {joined(words_of)}.", "rank")


def _measured_statements(
    sides: Sequence[Side], measured: Sequence[PairwiseDifference]
) -> Iterable[Statement]:
    suites: dict[str, list[PairwiseDifference]] = {}
    for pair in measured:
        suites.setdefault(pair.measured.suite, []).append(pair)
    ties = []
    for suite, pairs in suites.items():
        clear = [pair for pair in pairs if not pair.measured.is_tie]
        if not clear:
            ties.append(suite)
            continue
        rest = "" if len(clear) == len(pairs) else "; no other difference there is clear"
        yield Statement(f"On {suite}, {joined(_ahead_words(clear))}{rest}.", "scores")
    if ties:
        yield Statement(f"On {joined(ties)} they cannot be told apart.", "scores")
    if unmeasured := [side.name for side in sides if not side.is_measured]:
        have = "has" if len(unmeasured) == 1 else "have"
        yield Statement(f"{joined(unmeasured)} {have} not been run on our suites yet.", "scores")


def _ahead_words(pairs: Sequence[PairwiseDifference]) -> list[str]:
    """Return for everybody who is ahead of somebody by how many points, furthest ahead of most first."""
    by_ahead: dict[str, list[PairwiseDifference]] = {}
    for pair in pairs:
        by_ahead.setdefault(pair.ahead, []).append(pair)
    return [
        f"{ahead} scores {joined([f'{pair.points} points more than {pair.behind}' for pair in ahead_of])}"
        for ahead, ahead_of in sorted(by_ahead.items(), key=lambda item: -len(item[1]))
    ]


def _price_statements(sides: Sequence[Side]) -> Iterable[Statement]:
    known = [f"{side.name} {price_words(side.price)}" for side in sides if is_price_known(side.price)]
    unknown = [side.name for side in sides if not is_price_known(side.price)]
    if unknown:
        known.append(f"no price is known for {'any' if len(unknown) == len(sides) else joined(unknown)}")
    text = "; ".join(known)
    yield Statement(f"{text[:1].upper()}{text[1:]}.", "pricing")

"""Are the hands and people there, and is each whole? Presence times integrity, so that hiding does not pay.

Whether a body is whole is decided by two readers. Geometry counts its fingers or limbs; the network, which learnt
from pairs of whole and spoilt bodies, gives probabilities of each number and of a flaw. Their odds multiply, as those
of independent witnesses do (naive Bayes with even odds before):

    log odds(whole) = logit(clip(p, 0.02, 0.98)) + (w if geometry counts what is wanted, else -w)

with ``p = (1 - P(flaw)) * product over parts of P(number wanted)`` and ``w = ln(0.9 / 0.1)``, the log odds of a
reader that is right nine times in ten. The clip keeps the network from being sure beyond what was measured of it; a
network that is sure (beyond 0.9 either way) outweighs geometry, one that is in doubt leaves it to geometry.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, prod
from typing import Any, Final

from evaluation.bundled.specs import Figure
from evaluation.bundled.vocabulary import NUMBERS
from evaluation.scorers.base import Observations, Value
from evaluation.suites.spec import PromptSpec

VERSION: Final = "2"
READERS: Final = ("figures", "wholeness")
METRICS: Final = ("anatomy_pass", "presence", "integrity", "anatomy_score", "channel_agreement")
SUREST: Final = 0.98
GEOMETRY_RIGHT: Final = 0.9
_USUAL: Final = {"fingers": 5, "arms": 2, "legs": 2}
_NAMES: Final = {"hand": ("hand", "hands"), "person": ("person", "people")}
_PARTS: Final = {"hand": ("fingers",), "person": ("arms", "legs")}


@dataclass(frozen=True)
class BodyVerdict:
    """What both readers say of one body: geometry's fault (empty: none), and the network's probability of whole."""

    box: list[float]
    marks: list[list[float]]
    fault: str
    by_network: float

    @property
    def is_whole(self) -> bool:
        """Whether the odds of both together are even or better."""
        return log_odds_whole(self.by_network, counts_right=not self.fault) >= 0.0

    @property
    def do_agree(self) -> bool:
        """Whether each alone would say the same."""
        return (not self.fault) == (self.by_network >= 0.5)

    @property
    def words(self) -> str:
        """Say what is wrong, or nothing."""
        if self.is_whole:
            return ""
        return self.fault or f"looks spoilt, whole by {self.by_network:.0%} only"

    @property
    def phrase(self) -> str:
        """Say the same so that it may follow "one hand, but"."""
        if self.is_whole:
            return ""
        return f"with {self.fault}" if self.fault else f"looking spoilt (whole by {self.by_network:.0%} only)"


@dataclass(frozen=True)
class _Judged:
    """One asked kind of figure: what was seen of it."""

    asked: Figure
    seen: list[BodyVerdict]

    @property
    def presence(self) -> float:
        """Share of agreement between the number asked for and the number seen."""
        return min(len(self.seen), self.asked.count) / max(len(self.seen), self.asked.count)


def log_odds_whole(by_network: float, *, counts_right: bool) -> float:
    """Natural log of the odds that a body is whole; the formula stands at the head of this file.

    >>> log_odds_whole(0.5, counts_right=True) > 0 > log_odds_whole(0.05, counts_right=True)
    True
    """
    p = min(SUREST, max(1.0 - SUREST, by_network))
    weight = log(GEOMETRY_RIGHT / (1.0 - GEOMETRY_RIGHT))
    return log(p / (1.0 - p)) + (weight if counts_right else -weight)


def score_anatomy(spec: PromptSpec, observations: Observations) -> list[Value]:
    """Return anatomy_pass, presence, integrity, their product, and how often both readers agree.

    Integrity is unscored where nothing asked for is there to be judged; the product is then 0.

    Raises:
        ValueError: where the two readers did not look at the same bodies.
    """
    pairs = list(zip(observations["figures"]["figures"], observations["wholeness"]["bodies"], strict=True))
    judged = [_judge(asked, pairs) for asked in spec.scene.figures]
    seen = [verdict for one in judged for verdict in one.seen]
    presence = sum(one.presence for one in judged) / len(judged)
    integrity = sum(verdict.is_whole for verdict in seen) / len(seen) if seen else None
    agreement = sum(verdict.do_agree for verdict in seen) / len(seen) if seen else None
    reason = " ".join(_reason(one) for one in judged)
    unscored = "No figure of the kind asked for is there to be judged."
    return [
        Value("anatomy_pass", float(presence == 1.0 and integrity == 1.0), reason, _evidence(judged)),
        Value("presence", presence, reason),
        Value("integrity", integrity, unscored if integrity is None else reason),
        Value("anatomy_score", presence * (integrity or 0.0), reason),
        Value("channel_agreement", agreement, unscored if agreement is None else _agreement(seen)),
    ]


def _judge(asked: Figure, pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> _Judged:
    return _Judged(asked, [_verdict(asked, *pair) for pair in pairs if pair[0]["kind"] == asked.kind])


def _verdict(asked: Figure, figure: dict[str, Any], body: dict[str, Any]) -> BodyVerdict:
    if figure["box"] != body["box"]:
        raise ValueError("the readers looked at different bodies")
    wanted = {part: _wanted(asked, part) for part in _PARTS[asked.kind]}
    faults = [_fault(part, figure[part], number) for part, number in wanted.items() if figure[part] != number]
    # A number that the network does not know has no probability.
    chances = [dict(enumerate(body[part])).get(number, 0.0) for part, number in wanted.items()]
    return BodyVerdict(
        figure["box"], figure["marks"], " and ".join(faults), prod(chances) * (1.0 - body["flaw"])
    )


def _wanted(asked: Figure, part: str) -> int:
    stated: int | None = getattr(asked, part)
    return _USUAL[part] if stated is None else stated


def _fault(part: str, seen: int, wanted: int) -> str:
    return f"{seen} {part.removesuffix('s') if seen == 1 else part} instead of {wanted}"


def _reason(judged: _Judged) -> str:
    """Say in one sentence how many are there, of how many, and what is wrong with them."""
    asked, seen = judged.asked.count, len(judged.seen)
    one, several = _NAMES[judged.asked.kind]
    if not seen:
        asked_for = "one was" if asked == 1 else f"{_in_words(asked)} were"
        return f"No {one if asked == 1 else several}, where {asked_for} asked for."
    count = f"{_in_words(seen).capitalize()} {one if seen == 1 else several}"
    count += ", as asked" if seen == asked else f" instead of {_in_words(asked)}"
    return f"{count}, {_state(judged)}."


def _state(judged: _Judged) -> str:
    """Return what is wrong, body by body, or that all are whole."""
    seen, faults = len(judged.seen), [verdict.phrase for verdict in judged.seen if verdict.phrase]
    if not faults:
        return "and whole" if seen == 1 else "each of them whole"
    *most, last = [fault if seen == 1 else f"one {fault}" for fault in faults]
    link = "but" if seen == judged.asked.count else "and"
    return f"{link} {', '.join(most)} and {last}" if most else f"{link} {last}"


def _in_words(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def _agreement(seen: list[BodyVerdict]) -> str:
    return f"Geometry and the network agree on {sum(one.do_agree for one in seen)} of {len(seen)}."


def _evidence(judged: list[_Judged]) -> dict[str, Any]:
    return {
        "figures": [
            {
                "kind": one.asked.kind,
                "fault": verdict.words,
                "box": verdict.box,
                "marks": verdict.marks,
                "geometry": verdict.fault or "as wanted",
                "whole_by_network": round(verdict.by_network, 4),
            }
            for one in judged
            for verdict in one.seen
        ]
    }

"""What speaks for either side ("choose A if …"): follows from the page's own rows and nothing else."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from catalog.costs import Estimate
from catalog.vocabulary import Openness, Permission
from evaluation.selectors import PairedScore
from web.formatting import readable_memory, readable_seconds
from web.pages.compare.capabilities import CapabilitySection
from web.pages.compare.costs import SideCost
from web.pages.compare.sides import ComparedArtifact

NAMED = 2
# Prices nearer to each other than this are no reason to choose.
LEAST_SAVING = 0.1
# Times vary from run to run and are shown without an interval: less than a fifth is no reason.
LEAST_TIME_SAVED = 0.2


@dataclass(frozen=True)
class Reason:
    """What would speak for one side, and the section of the page that backs it."""

    text: str
    anchor: str


@dataclass(frozen=True)
class Choice:
    """Everything that speaks for one side."""

    side: ComparedArtifact
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Duel:
    """One side seen from the other; ``sign`` turns the paired difference to its favour."""

    own: SideCost
    other: SideCost
    sign: int
    paired: Sequence[PairedScore]
    only_own: Sequence[str]


def choices(
    costs: Sequence[SideCost], paired: Sequence[PairedScore], capabilities: CapabilitySection
) -> tuple[Choice, Choice]:
    """Return what speaks for the first side and for the second; nothing inside an interval does."""
    first, second = costs
    duels = (
        Duel(first, second, 1, paired, [note.name for note in capabilities.only_first]),
        Duel(second, first, -1, paired, [note.name for note in capabilities.only_second]),
    )
    one, other = (
        Choice(duel.own.side, tuple(reason for rule in RULES for reason in rule(duel))) for duel in duels
    )
    return one, other


def _measured(duel: Duel) -> Iterable[Reason]:
    for pair in duel.paired:
        points = duel.sign * pair.difference * 100
        if not pair.is_tie and points > 0:
            yield Reason(f"{pair.suite_name} matters: {points:.0f} points more", "scores")


def _rights(duel: Duel) -> Iterable[Reason]:
    own, other = (cost.side.artifact.licence_outputs_commercial for cost in (duel.own, duel.other))
    if own == Permission.YES and other in {Permission.NO, Permission.CONDITIONAL}:
        yield Reason("you sell the pictures: its licence allows it without conditions", "licence")


def _own_machine(duel: Duel) -> Iterable[Reason]:
    own, other = (cost.side.artifact.openness for cost in (duel.own, duel.other))
    if other == Openness.API_ONLY and own in {Openness.OPEN_SOURCE, Openness.OPEN_WEIGHTS}:
        yield Reason("it must run on your own machine", "features")


def _memory(duel: Duel) -> Iterable[Reason]:
    own, other = (cost.side.artifact.memory_gb for cost in (duel.own, duel.other))
    if own is not None and other is not None and own < other:
        yield Reason(f"your card has {readable_memory(own)} and not {readable_memory(other)}", "features")


def _speed(duel: Duel) -> Iterable[Reason]:
    own, other = duel.own.side.speed, duel.other.side.speed
    if not (own and other and own.seconds and other.seconds) or own.hardware != other.hardware:
        return
    if own.hardware and own.seconds <= other.seconds * (1 - LEAST_TIME_SAVED):
        times = f"{readable_seconds(own.seconds)} against {readable_seconds(other.seconds)}"
        yield Reason(f"time matters: {times} a picture, both measured on {own.hardware}", "features")


def _cost(duel: Duel) -> Iterable[Reason]:
    own, other = duel.own.usual, duel.other.usual
    if own is None or other is None or own.monthly is None or other.monthly is None:
        return
    if own.currency == other.currency and float(own.monthly) <= float(other.monthly) * (1 - LEAST_SAVING):
        amounts = f"{_amount(own)} against {_amount(other)}"
        yield Reason(f"cost decides: {amounts} at {duel.own.volume.images:,} pictures a month", "cost")


def _amount(way: Estimate) -> str:
    return f"{way.amount_text} ({way.quality})" if way.quality else way.amount_text


def _capabilities(duel: Duel) -> Iterable[Reason]:
    if duel.only_own:
        names = " or ".join(f"“{name}”" for name in duel.only_own[:NAMED])
        yield Reason(f"you need {names}, which the other does not list", "capabilities")


RULES: tuple[Callable[[Duel], Iterable[Reason]], ...] = (
    _measured,
    _rights,
    _own_machine,
    _memory,
    _speed,
    _cost,
    _capabilities,
)

"""Stored entries as the pure records that they were computed as, and how one became the next."""

from ranking.compute.canonical import signal_result_from_json
from ranking.compute.formula import Formula, parse_formula
from ranking.compute.movement import MovementPart, explain_movement
from ranking.compute.records import ArtifactInputs, SignalResult
from ranking.compute.score import score_artifact
from ranking.models import RankEntry


def signals_of(entry: RankEntry) -> list[SignalResult]:
    """Return the scored signals that an entry stores."""
    return [
        signal_result_from_json(signal) for component in entry.components for signal in component["signals"]
    ]


def inputs_of(entry: RankEntry) -> ArtifactInputs:
    """Return the inputs that an entry was computed from."""
    given = (signal.given for signal in signals_of(entry) if signal.given)
    signals = tuple(sorted(given, key=lambda signal: signal.name))
    return ArtifactInputs(entry.slug, entry.kind, signals, entry.is_demonstration)


def movement_parts(
    before: RankEntry, after: RankEntry, *, formula: Formula | None = None
) -> tuple[MovementPart, ...]:
    """Return why an artifact's score moved from one entry to another.

    Args:
        before: the earlier entry.
        after: the later entry; its snapshot must be loaded with the formula, unless that is given.
        formula: the formula of ``after``.
    """
    new = formula or parse_formula(after.snapshot.formula.definition)
    bridge = score_artifact(inputs_of(before), formula=new)
    signals = [signal for component in bridge.components for signal in component.signals]
    return explain_movement(signals_of(before), signals_of(after), bridge=signals)

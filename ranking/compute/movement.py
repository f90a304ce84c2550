"""Why a score moved: parts that add up exactly to the difference, each with its cause.

Between the old inputs under the old formula and the new inputs under the new formula stands a bridge: the
old inputs under the new formula. From old to bridge the formula moved the score, from bridge to new the
inputs did. All are integer milli-points, so nothing is left over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ranking.compute.records import SignalInput, SignalResult

Cause = Literal["input", "lost", "formula"]


@dataclass(frozen=True)
class MovementPart:
    """What one signal did to the score, in milli-points.

    The cause is a changed ``input``, an input that was ``lost``, or the ``formula``.
    """

    name: str
    label: str
    component: str
    cause: Cause
    points: int
    before: SignalInput | None
    after: SignalInput | None


def explain_movement(
    before: Sequence[SignalResult], after: Sequence[SignalResult], *, bridge: Sequence[SignalResult]
) -> tuple[MovementPart, ...]:
    """Return the parts of a movement, the largest first.

    Args:
        before: the signals as they were scored.
        after: the signals as they are scored now.
        bridge: the inputs of ``before`` under the formula of ``after``.

    Returns:
        Parts whose points sum to the points of ``after`` less those of ``before``.
    """
    old, new, between = ({signal.name: signal for signal in side} for side in (before, after, bridge))
    parts = []
    for name in dict.fromkeys([*old, *between, *new]):
        known = new.get(name) or between.get(name) or old[name]
        was = old[name].given if name in old else None
        now = new[name].given if name in new else None
        changes: list[tuple[Cause, int]] = [
            ("formula", _points(between, name) - _points(old, name)),
            ("lost" if was and not now else "input", _points(new, name) - _points(between, name)),
        ]
        parts += [
            MovementPart(name, known.label, known.component, cause, points, was, now)
            for cause, points in changes
            if points
        ]
    return tuple(sorted(parts, key=lambda part: (-abs(part.points), part.name, part.cause)))


def is_explained(parts: Sequence[MovementPart]) -> bool:
    """Return whether changed inputs account for at least half of a movement, and in its direction.

    A lost input explains nothing: failing to collect must not look like a change in the world.
    """
    total = sum(part.points for part in parts)
    by_inputs = sum(part.points for part in parts if part.cause == "input")
    return total == 0 or by_inputs / total >= 0.5


def _points(side: dict[str, SignalResult], name: str) -> int:
    return side[name].points if name in side else 0

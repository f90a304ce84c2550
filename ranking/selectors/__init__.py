"""Reads of the published rank and of how it moved."""

from ranking.selectors.current import (
    ComponentView,
    EntryView,
    InputView,
    SnapshotView,
    current_snapshot,
    rank_entries,
)
from ranking.selectors.movement import MovementCause, MovementView, movement

__all__ = [
    "ComponentView",
    "EntryView",
    "InputView",
    "MovementCause",
    "MovementView",
    "SnapshotView",
    "current_snapshot",
    "movement",
    "rank_entries",
]

"""Reads of the published rank and of how it moved."""

from ranking.selectors.current import (
    ComponentView,
    EntryView,
    InputView,
    ProfileWeights,
    SnapshotView,
    current_snapshot,
    rank_entries,
)
from ranking.selectors.history import (
    HistoryPoint,
    Mover,
    Movers,
    history_from_json,
    history_rows,
    movers,
    score_histories,
)
from ranking.selectors.movement import MovementCause, MovementView, PublishedRank, published_rank
from ranking.selectors.preference import MIN_VOTES, Preferred, preference_board

__all__ = [
    "MIN_VOTES",
    "ComponentView",
    "EntryView",
    "HistoryPoint",
    "InputView",
    "MovementCause",
    "MovementView",
    "Mover",
    "Movers",
    "Preferred",
    "ProfileWeights",
    "PublishedRank",
    "SnapshotView",
    "current_snapshot",
    "history_from_json",
    "history_rows",
    "movers",
    "preference_board",
    "published_rank",
    "rank_entries",
    "score_histories",
]

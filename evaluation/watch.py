"""Follows runs until they are over, and takes care of messages that a killed worker took with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from evaluation.conf import claim_expiry_s
from evaluation.dispatch import dispatch_run
from evaluation.selectors import RunProgress, progress_of

POLL_S: Final = 1.0
# A large model takes this long to load before its first picture; only then does stillness need a word.
SAY_SO_AFTER_S: Final = 60.0


@dataclass
class _Stillness:
    """Since when nothing has moved."""

    counts: tuple[tuple[int, int, int, int], ...] = ()
    since: float = 0.0

    def seconds(self, progress: Sequence[RunProgress]) -> float:
        """Return for how long no count has changed."""
        counts = tuple((p.run_id, p.n_ended, p.n_unread, p.n_unscored) for p in progress)
        if counts != self.counts:
            self.counts, self.since = counts, time.monotonic()
        return time.monotonic() - self.since


def watch_runs(
    run_ids: Sequence[int], *, show: Callable[[Sequence[RunProgress], bool], None]
) -> list[RunProgress]:
    """Return when every run is over. ``show`` gets the progress at every look, and whether all stands still.

    When nothing has moved for as long as a claim lives, messages are sent again: the database knows
    what is left, whatever became of the messages before. People are told after a minute.
    """
    stillness, told_s, asked_s = _Stillness(), 0.0, 0.0
    while True:
        progress = progress_of(run_ids)
        still_s = stillness.seconds(progress)
        if still_s < POLL_S:
            told_s = asked_s = 0.0
        is_held = any(run.n_held for run in progress)
        is_still = not is_held and still_s - told_s > max(SAY_SO_AFTER_S, claim_expiry_s())
        show(progress, is_still)
        waiting = [p for p in progress if not p.is_over]
        if not waiting:
            return progress
        if is_still:
            told_s = still_s
        if not is_held and still_s - asked_s > claim_expiry_s():
            asked_s = still_s
            for run in waiting:
                dispatch_run(run)
        time.sleep(POLL_S)

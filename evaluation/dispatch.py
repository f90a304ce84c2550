"""Sends the messages that a run needs next. Sending too many does no harm: each finds what is left."""

from __future__ import annotations

from math import ceil
from typing import Final

from evaluation.conf import chunk_size
from evaluation.selectors import RunProgress
from evaluation.services.runs import note_dispatch
from evaluation.tasks import generate_chunk, read_samples, score_samples

# Each message is followed by the next while anything is left, so this is how many workers one run can use.
MOST_MESSAGES: Final = 64


def dispatch_run(progress: RunProgress) -> None:
    """Enqueue what is left of a run: its missing pictures in chunks, else reading, else scoring."""
    if progress.is_over and not progress.n_claimable and not progress.n_unscored:
        return
    note_dispatch(progress.run_id)
    for _ in range(min(MOST_MESSAGES, ceil(progress.n_claimable / chunk_size()))):
        generate_chunk.delay_on_commit(progress.run_id)
    if progress.n_unread:
        read_samples.delay_on_commit(progress.run_id)
    if progress.is_ready_to_score:
        score_samples.delay_on_commit(progress.run_id)

"""Shows an evaluation in a terminal: bars where there is one, else a line now and then."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from evaluation.models import Aggregate
from evaluation.selectors import RunProgress

LINE_EVERY_S: Final = 10.0
NO_WORKER: Final = "Nothing has moved for a while. Is a worker running? Asking again."


class ProgressDisplay:
    """Shows the progress of runs at every look of the watcher."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._bars = _bars() if out.isatty() else None
        self._tasks: dict[int, TaskID] = {}
        self._last_line = 0.0

    def __enter__(self) -> Self:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()

    def show(self, progress: Sequence[RunProgress], is_still: bool) -> None:  # noqa: FBT001 - the watcher's signature
        """Draw the bars, or print a line every ten seconds; say so where nothing moves."""
        if is_still:
            self._say(NO_WORKER)
        if self._bars:
            self._draw(self._bars, progress)
        elif time.monotonic() - self._last_line >= LINE_EVERY_S or all(run.is_over for run in progress):
            self._last_line = time.monotonic()
            self._out.write(_line(progress))

    def _say(self, words: str) -> None:
        if self._bars:
            self._bars.console.print(words)
        else:
            self._out.write(words)

    def _draw(self, bars: Progress, progress: Sequence[RunProgress]) -> None:
        for run in progress:
            if run.run_id not in self._tasks:
                self._tasks[run.run_id] = bars.add_task(f"{run.artifact} · {run.suite}", total=run.n_samples)
            bars.update(self._tasks[run.run_id], completed=_n_done(run), stage=_stage(run))


def outcome_lines(run_ids: Sequence[int]) -> list[str]:
    """Return the headline result of every run, one line each."""
    rows = (
        Aggregate.objects.filter(run_id__in=run_ids, stratum="")
        .select_related("run__suite", "run__recipe__artifact")
        .order_by("run_id", "metric", "-computed_at")
        .distinct("run_id", "metric")
    )
    return [_outcome(row) for row in rows if row.metric == row.run.suite.headline_metric]


def _outcome(row: Aggregate) -> str:
    name = f"{row.run.recipe.artifact.slug} on {row.run.suite.slug}"
    counts = f"{row.n_samples} pictures, {row.n_failed} failed, {row.n_unscored} unscored"
    if row.mean is None or row.ci_low is None or row.ci_high is None:
        return f"{name}: {row.metric} unscored; {counts}"
    return f"{name}: {row.metric} {row.mean:.1%} ({row.ci_low:.1%} to {row.ci_high:.1%}); {counts}"


def _bars() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[stage]}"),
        TimeElapsedColumn(),
        console=Console(),
    )


def _n_done(run: RunProgress) -> int:
    return run.n_ended - run.n_unread


def _stage(run: RunProgress) -> str:
    if run.is_over:
        return run.state
    if run.n_ended < run.n_samples:
        return "generating"
    return "reading" if run.n_unread else "scoring"


def _line(progress: Sequence[RunProgress]) -> str:
    total = sum(run.n_samples for run in progress)
    ended = sum(run.n_ended for run in progress)
    unread = sum(run.n_unread for run in progress)
    over = sum(run.is_over for run in progress)
    return (
        f"{ended} of {total} pictures generated, {ended - unread} read, {over} of {len(progress)} runs over"
    )

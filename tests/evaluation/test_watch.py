"""The watcher: when it sends messages again, when it speaks, and that settings which do not fit are refused."""

from dataclasses import replace
from typing import Any

import pytest

from evaluation import watch
from evaluation.checks import evaluation_settings
from evaluation.selectors import RunProgress

STILL = RunProgress(1, "painter", "suite", "running", "", 10, 10, 0, 0, 0, 0)


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def watched(
    monkeypatch: pytest.MonkeyPatch, progress: RunProgress, *, until_s: float
) -> tuple[list[float], list[float]]:
    """Return the seconds at which messages were sent and at which people were told, until the run is over."""
    clock, sent, told = Clock(), [], []
    monkeypatch.setattr(watch, "time", clock)
    monkeypatch.setattr(watch, "dispatch_run", lambda _run: sent.append(clock.now - 1_000.0))
    over = replace(progress, state="finished")
    monkeypatch.setattr(
        watch, "progress_of", lambda _ids: [over if clock.now - 1_000.0 > until_s else progress]
    )
    watch.watch_runs([1], show=lambda _runs, is_still: told.append(clock.now - 1_000.0) if is_still else None)
    return sent, told


def test_messages_are_sent_again_soon_and_people_told_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    sent, told = watched(monkeypatch, STILL, until_s=130)
    assert sent == [21, 42, 63, 84, 105, 126]
    assert told == [61, 122]


def test_a_run_that_a_worker_holds_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    held = replace(STILL, n_claimable=4)
    assert watched(monkeypatch, held, until_s=130) == ([], [])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("VISIBILITY_TIMEOUT_S", 600, "must exceed the tasks' limit of 1200 s"),
        ("EVALUATION_CLAIM_EXPIRY_S", 0.5, "must be at least 1"),
        ("EVALUATION_CHUNK_SIZE", 0, "must be at least 1"),
        ("EVALUATION_MOST_ATTEMPTS", 0, "must be at least 1"),
        ("EVALUATION_SWEEP_S", 0, "must be at least 1"),
        ("EVALUATION_CANARY_SHARE", 1.5, "must lie in [0, 1]"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: Any, name: str, value: float, words: str) -> None:
    assert evaluation_settings() == []
    setattr(settings, name, value)
    (problem,) = evaluation_settings()
    assert problem.id is not None
    assert problem.id.startswith("evaluation.E")
    assert words in problem.msg

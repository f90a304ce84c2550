import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from config import processes
from config import supervisor as module
from config.processes import MARK, Child, Command, end, leftovers, working_in
from config.supervisor import Supervisor, pause_before_restart

SLEEP = "import time; time.sleep(60)"
# Starts a child of its own and says so.
FAMILY = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', '{SLEEP}']); print('on', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); {SLEEP}"


def command(log: Path, program: str, **env: str) -> Command:
    return Command(
        name="sleeper",
        arguments=[sys.executable, "-c", program],
        log=log,
        stop_signals=((signal.SIGTERM, 0.3),),
        env={**os.environ, **env},
    )


def until(condition: Callable[[], object], *, step: Callable[[], object] = lambda: time.sleep(0.02)) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        step()


def test_pauses_between_restarts_grow_to_a_limit() -> None:
    assert [pause_before_restart(n) for n in (1, 2, 3, 4, 5, 6, 7, 60)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_what_dies_is_reported_and_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.01)
    started: list[Child] = []
    said: list[str] = []

    def start() -> Child:
        started.append(Child(command(tmp_path / "log", SLEEP)))
        return started[-1]

    supervisor = Supervisor(report=said.append)
    supervisor.start("sleeper", start)
    started[0].process.kill()
    until(lambda: len(started) == 2, step=supervisor.look_after)
    supervisor.stop()
    assert said[0].startswith("sleeper ended unexpectedly (exit code -9)")
    assert started[1].exit_code == -signal.SIGTERM


def test_a_service_that_cannot_start_again_is_tried_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.01)
    said: list[str] = []
    children = [Child(command(tmp_path / "log", SLEEP))]

    def start() -> Child:
        if not children:
            raise LookupError("no broker")
        return children.pop()

    supervisor = Supervisor(report=said.append)
    first = children[0]
    supervisor.start("sleeper", start)
    first.process.kill()
    until(lambda: len(said) == 3, step=supervisor.look_after)
    supervisor.stop()
    assert said[1:] == ["sleeper could not be started again: no broker"] * 2


def test_stopping_leaves_no_descendant_even_of_the_stubborn(tmp_path: Path) -> None:
    for program in (FAMILY, STUBBORN):
        log = tmp_path / "log"
        log.unlink(missing_ok=True)
        child = Child(command(log, program))
        until(lambda: log.read_text() == "on\n")  # noqa: B023 - called at once
        family = [psutil.Process(child.process.pid), *psutil.Process(child.process.pid).children()]
        child.stop()
        psutil.wait_procs(family, timeout=5)
        assert not any(process.is_running() for process in family)


def test_a_long_log_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LONGEST_LOG_BYTES", 3)
    log = tmp_path / "log"
    for text in (b"abc", b"d", b"e"):
        with processes.open_log(log) as file:
            file.write(text)
    assert log.read_bytes() == b"e"
    assert (tmp_path / "log.1").read_bytes() == b"abcd"


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells children of their parent's death.")
def test_children_go_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent_of_one = (
        "import pathlib, signal, sys, time\n"
        "from config.processes import Child, Command\n"
        f"child = Child(Command(name='c', arguments=[sys.executable, '-c', {SLEEP!r}],\n"
        "    log=pathlib.Path(sys.argv[1]), stop_signals=((signal.SIGTERM, 1),)))\n"
        "print(child.process.pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent_of_one, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    assert not psutil.wait_procs([child], timeout=5)[1]


def test_leftovers_are_found_by_mark_and_by_directory_and_ended(tmp_path: Path) -> None:
    marked = Child(command(tmp_path / "log", SLEEP, **{MARK: str(tmp_path)}))
    other = Child(command(tmp_path / "log", SLEEP, **{MARK: str(tmp_path / "other")}))
    inside = subprocess.Popen([sys.executable, "-c", SLEEP], cwd=tmp_path)
    found = leftovers(tmp_path, server_dirs=[tmp_path])
    assert {process.pid for process in found} == {marked.process.pid, inside.pid}
    # A database that is started again must not take the site beside it along.
    assert [process.pid for process in working_in([tmp_path])] == [inside.pid]
    end(found)
    assert not any(process.is_running() for process in found)
    assert other.exit_code is None
    marked.stop()
    other.stop()
    inside.wait()

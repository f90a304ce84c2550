"""Child processes that never outlive us: own sessions, a signal when we die, and a search for leftovers."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import psutil

from config.embedded.account import Account

MARK = "UNFRAGILE_STARTED_FOR"
PR_SET_PDEATHSIG = 1
LEFTOVER_PATIENCE_S = 10
LONGEST_LOG_BYTES = 10_000_000


@dataclass(frozen=True)
class Command:
    """What to start and how to stop it."""

    name: str
    arguments: Sequence[str]
    # Where its output goes; without one, to ours.
    log: Path | None
    # Tried in order, each with the seconds to wait for it; what is left then is killed.
    stop_signals: Sequence[tuple[signal.Signals, float]]
    cwd: Path | None = None
    env: Mapping[str, str] | None = None
    account: Account | None = None
    niceness: int = 0
    pass_fds: Sequence[int] = field(default=())


class Child:
    """A running process with everything that it started itself."""

    def __init__(self, command: Command) -> None:
        self.command = command
        credentials = command.account.credentials if command.account else {}
        with contextlib.nullcontext() if command.log is None else open_log(command.log) as log:
            self.process = subprocess.Popen(  # noqa: S603 - fixed arguments
                command.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=None if log is None else subprocess.STDOUT,
                cwd=command.cwd,
                env=command.env,
                start_new_session=True,
                pass_fds=command.pass_fds,
                # The only place where a process can ask for a signal at its parent's death; the function
                # calls the kernel alone, and its caller has one thread.
                preexec_fn=dying_with_parent(command.stop_signals[0][0], niceness=command.niceness),  # noqa: PLW1509
                **credentials,
            )

    @property
    def exit_code(self) -> int | None:
        """Return how the process ended; ``None`` while it runs."""
        return self.process.poll()

    def stop(self) -> None:
        """Stop the process as its command says, then kill what is left of its group."""
        for number, patience_s in self.command.stop_signals:
            if self.exit_code is not None:
                break
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience_s)
        self.kill()

    def kill(self) -> None:
        """End the process and its group at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def open_log(path: Path) -> BinaryIO:
    """Open a log to append to; a long one makes room first and stays as ``<name>.1``."""
    if path.exists() and path.stat().st_size > LONGEST_LOG_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def dying_with_parent(number: signal.Signals, *, niceness: int = 0) -> Callable[[], None]:
    """Return what a new process does first: ask for ``number`` when its parent dies (on Linux).

    Elsewhere a killed parent leaves its children; the next start finds them by ``leftovers``.
    """
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def first_steps() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)
        if niceness:
            os.nice(niceness)

    return first_steps


def leftovers(data_dir: Path, *, server_dirs: Iterable[Path] = ()) -> list[psutil.Process]:
    """Find the processes that an earlier, killed run has left behind for this data directory.

    Ours carry ``MARK`` in their environment. The servers overwrite theirs, but work in their own data
    directory, where nobody else does.
    """
    mark = str(data_dir.resolve())
    servers = working_in(server_dirs)
    return servers + [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and process not in servers and _is_marked(process, mark)
    ]


def working_in(directories: Iterable[Path]) -> list[psutil.Process]:
    """Find the servers that work in one of these data directories."""
    names = {str(path.resolve()) for path in directories}
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and _works_in(process, names)
    ]


def _works_in(process: psutil.Process, directories: AbstractSet[str]) -> bool:
    try:
        return process.cwd() in directories
    except psutil.Error:
        return False


def _is_marked(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark
    except psutil.Error:
        return False


def end(processes: Sequence[psutil.Process], *, first: signal.Signals = signal.SIGTERM) -> None:
    """Ask processes to end, and kill those that do not."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(first)
    _, alive = psutil.wait_procs(processes, timeout=LEFTOVER_PATIENCE_S)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=LEFTOVER_PATIENCE_S)

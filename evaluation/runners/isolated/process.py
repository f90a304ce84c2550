"""A model's process: started without secrets, asked, listened to, watched and ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, Full, Queue
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

import psutil

from evaluation.runners.base import RecipeError, RecipeSpec
from evaluation.runners.isolated.confine import bare_environment, hide_this_process
from evaluation.runners.isolated.frames import FrameError, read_frame, recipe_to_json, words, write_frame
from evaluation.runners.isolated.limits import FETCH, Limits

_HOST: Final = "evaluation.runners.isolated.host"
_ROOT: Final = Path(__file__).resolve().parents[3]
_LOOK_S: Final = 0.5
# Pictures that may wait for the worker; then the model's process waits too.
_AHEAD: Final = 2
Message: TypeAlias = tuple[dict[str, Any], bytes]


class ModelProcessError(Exception):
    """A model's process ended, took too long, took too much memory, or said what it must not say."""


class ModelProcess:
    """The process itself, as the worker sees it; it is told to load a recipe, or only to fetch its weights."""

    def __init__(self, recipe: RecipeSpec, *, limits: Limits, only_fetch: bool = False) -> None:
        self._limits = limits
        hide_this_process()
        weights = [str(Path(recipe.location).resolve())] if Path(recipe.location).is_dir() else []
        self._scratch = TemporaryDirectory(prefix="model-", ignore_cleanup_errors=True)
        self._popen = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", _HOST, *([FETCH] if only_fetch else []), *weights],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=bare_environment(with_hub=only_fetch, scratch=self._scratch.name),
            cwd=_ROOT,
            start_new_session=True,
        )
        self._is_over = threading.Event()
        # A process that stops in the middle of a message must not hold the worker: a thread listens.
        self._heard: Queue[Message | FrameError | None] = Queue(maxsize=_AHEAD)
        threading.Thread(target=self._listen, name="model", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._popen.poll() is None

    def load(self, recipe: RecipeSpec) -> None:
        """Have the recipe's weights read, or fetched; until then the process knows none.

        Raises:
            ModelProcessError: it does not listen.
        """
        self.tell({"kind": "load", "recipe": recipe_to_json(recipe)})

    def tell(self, content: dict[str, Any]) -> None:
        """Send a message; a process that does not read it in time is ended.

        Raises:
            ModelProcessError: it does not listen.
        """
        telling = threading.Thread(target=self._tell, args=(content,), name="tell-model", daemon=True)
        telling.start()
        telling.join(self._limits.result_s)
        if telling.is_alive():
            self.end()
            raise ModelProcessError(f"the model's process read nothing within {self._limits.result_s:,.0f} s")

    def _tell(self, content: dict[str, Any]) -> None:
        # That it has ended is noticed where it is listened to.
        if self._popen.stdin is not None:
            with suppress(OSError, ValueError):
                write_frame(self._popen.stdin, content)

    def hear(self, *, within_s: float) -> Message:
        """Return the next message.

        Raises:
            ModelProcessError: none came in time, too much memory was taken meanwhile, the process ended, or
                it said something that is no message.
        """
        deadline = time.monotonic() + within_s
        while True:
            try:
                found = self._heard.get(timeout=_LOOK_S)
            except Empty:
                self._check(deadline, within_s)
                continue
            if found is None:
                raise ModelProcessError(f"the model's process ended ({self._ending()})")
            if isinstance(found, FrameError):
                raise ModelProcessError(f"the model's process: {found}")
            return found

    def expect(self, kind: str, *, within_s: float) -> dict[str, Any]:
        """Return the next message, which must be of a kind.

        Raises:
            ModelProcessError: it is not, or none came.
            RecipeError: the process refuses the recipe.
        """
        content, _ = self.hear(within_s=within_s)
        if content.get("kind") == "refused":
            raise RecipeError(words(content.get("reason")))
        if content.get("kind") != kind:
            raise ModelProcessError(f"the model's process answered {content.get('kind')!r}, not {kind!r}")
        return content

    def end(self) -> None:
        """End the process now; nothing happens where it has ended."""
        self._is_over.set()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.kill()
        self._popen.wait()
        if self._popen.stdin:
            with suppress(OSError, ValueError):
                self._popen.stdin.close()
        self._scratch.cleanup()

    def _listen(self) -> None:
        if self._popen.stdout is None:
            return
        with self._popen.stdout as stream:
            found: Message | FrameError | None = ({}, b"")
            while isinstance(found, tuple):
                try:
                    found = read_frame(stream)
                except FrameError as error:
                    found = error
                self._hand_over(found)

    def _hand_over(self, found: Message | FrameError | None) -> None:
        """Wait for room, but not for somebody who has gone: what waits for nobody is let go."""
        while not self._is_over.is_set():
            with suppress(Full):
                self._heard.put(found, timeout=_LOOK_S)
                return
        with suppress(Empty):
            while True:
                self._heard.get_nowait()

    def _check(self, deadline: float, within_s: float) -> None:
        if time.monotonic() > deadline:
            self.end()
            raise ModelProcessError(f"the model's process gave no answer within {within_s:,.0f} s")
        most, used = self._limits.memory_gb, group_gb(self._popen.pid)
        if most is not None and used > most:
            self.end()
            raise ModelProcessError(f"the model's process took {used:.1f} GB, more than the {most:g} it may")

    def _ending(self) -> str:
        """Return how the process ended; one that only fell silent is ended now."""
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout=_LOOK_S)
        self.end()
        code = self._popen.returncode
        return f"signal {-code}" if code < 0 else f"status {code}"


def group_gb(group: int) -> float:
    """Return the memory that the processes of a group hold, in GB; what has ended meanwhile holds none.

    >>> group_gb(2**22 + 1)
    0.0
    """
    held = 0
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getpgid(process.pid) == group:
                held += process.memory_info().rss
    return held / 1e9

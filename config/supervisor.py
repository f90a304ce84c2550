"""Keeps a handful of processes running: starts them in order, restarts what dies, stops all at the end."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from config.processes import Child, Command

LOOK_EVERY_S = 0.2
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
# A process that ran this long had started well; what happened before is forgotten.
STEADY_AFTER_S = 60.0


def pause_before_restart(failures: int) -> float:
    """Return the seconds to wait before start number ``failures + 1`` in a row.

    >>> [pause_before_restart(n) for n in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 60.0]
    """
    return min(FIRST_PAUSE_S * 2.0 ** (failures - 1), LONGEST_PAUSE_S)


@dataclass
class _Service:
    name: str
    start: Callable[[], Child]
    child: Child | None = None
    started_at: float = 0.0
    failures: int = 0
    restart_at: float = 0.0


class Supervisor:
    """Runs services, and one foreground command at a time beside them."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._services: list[_Service] = []
        self._foreground: Child | None = None

    def start(self, name: str, start: Callable[[], Child]) -> None:
        """Start a service; from now on it is restarted when it dies. What ``start`` raises is passed on."""
        service = _Service(name=name, start=start)
        service.child, service.started_at = start(), time.monotonic()
        self._services.append(service)

    def run(self, command: Command) -> int:
        """Run a command to its end while looking after the services; return its exit code."""
        self._foreground = Child(command)
        while (code := self._foreground.exit_code) is None:
            self.look_after()
        self._foreground = None
        return code

    def look_after(self) -> None:
        """Restart what has died and is due, then wait a moment."""
        for service in self._services:
            if service.child is not None and service.child.exit_code is not None:
                self._note_death(service, service.child)
            if service.child is None and time.monotonic() >= service.restart_at:
                self._restart(service)
        time.sleep(LOOK_EVERY_S)

    def stop(self) -> None:
        """Stop the foreground command and every service, last started first."""
        if self._foreground is not None:
            self._foreground.stop()
        for service in reversed(self._services):
            if service.child is not None:
                service.child.stop()
        self._services.clear()

    def _note_death(self, service: _Service, child: Child) -> None:
        child.kill()
        was_steady = time.monotonic() - service.started_at > STEADY_AFTER_S
        service.failures = 1 if was_steady else service.failures + 1
        pause_s = pause_before_restart(service.failures)
        service.child, service.restart_at = None, time.monotonic() + pause_s
        self._report(
            f"{service.name} ended unexpectedly (exit code {child.exit_code}); starting it again in "
            f"{pause_s:.0f} s. See {child.command.log}."
        )

    def _restart(self, service: _Service) -> None:
        try:
            service.child, service.started_at = service.start(), time.monotonic()
        except Exception as error:  # noqa: BLE001 - whatever it waits for, such as the broker, may be back next time
            service.failures += 1
            service.restart_at = time.monotonic() + pause_before_restart(service.failures)
            self._report(f"{service.name} could not be started again: {error}")

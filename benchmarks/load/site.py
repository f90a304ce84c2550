"""The site under load: its servers, watched over as ``manage.py up`` does it, on a disk of its own."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from django.db import connection

from config import broker, celery_app, processes
from config.claims import listen, still_listening
from config.embedded import places
from config.embedded.postgres import start_postgres
from config.embedded.valkey import start_valkey
from config.processes import Child
from config.site import management_command, marked_environment, web_command, worker_command
from config.supervisor import Supervisor
from evaluation.models import Sample

MEMORY_EVERY_S = 5.0


class Site:
    """Database, broker, web server and worker, restarted by the supervisor when they die."""

    def __init__(self, data_dir: Path, *, port: int) -> None:
        self.data_dir, self.port = data_dir, port
        self.supervisor = Supervisor(report=lambda line: print(f"  {line}", flush=True))
        self.children: dict[str, Child] = {}
        # Megabytes by kind of process, each with its time.
        self.memory: dict[str, list[tuple[float, float]]] = {}
        self._measured_at = float("-inf")

    def start_servers(self) -> None:
        """Start PostgreSQL, as safe against power cuts as in production, and the broker."""
        folder = self.data_dir
        self._start("postgres", lambda: start_postgres(folder, log=folder / "postgres.log"))
        self._start("valkey", lambda: start_valkey(folder, log=folder / "valkey.log"))

    def serve(self) -> str:
        """Start gunicorn and the worker, have the bundled models evaluated, and return the site's address."""
        env = marked_environment(self.data_dir)
        self._listener = listen(self.port)
        self._start("web", lambda: self._start_web(env))
        self._start("worker", lambda: self._start_worker(env))
        self.supervisor.run(management_command(["evaluate", "tiny-a", "tiny-b"], env=env))
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def watch(self, seconds: float, *, now: Callable[[], float]) -> None:
        """Look after the processes for so long and write down what memory they hold."""
        until = now() + seconds
        while now() < until:
            self.supervisor.look_after()
            if now() - self._measured_at > MEMORY_EVERY_S:
                self._measured_at = now()
                self._measure(self._measured_at)

    def end(self, name: str, number: signal.Signals) -> None:
        """End a service as something from outside would; a killed one takes its whole group along."""
        process = self.children[name].process
        if number == signal.SIGKILL:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)

    def made(self) -> int:
        """Return how many pictures have come to an end."""
        try:
            return Sample.objects.filter(status__in=Sample.ENDED).count()
        finally:
            connection.close()

    def stop(self) -> None:
        """Stop everything, last started first."""
        connection.close()
        self.supervisor.stop()
        servers = [self.data_dir / "postgres", self.data_dir / "valkey"]
        processes.end(processes.leftovers(self.data_dir, server_dirs=servers))
        places.release_socket_dir(self.data_dir)

    def _start(self, name: str, start: Callable[[], Child]) -> None:
        def started() -> Child:
            self.children[name] = start()
            return self.children[name]

        self.supervisor.start(name, started)

    def _start_web(self, env: Mapping[str, str]) -> Child:
        self._listener = still_listening(self._listener)
        return Child(web_command(self.data_dir, env=env, listener=self._listener.fileno()))

    def _start_worker(self, env: Mapping[str, str]) -> Child:
        # No other worker could still hold the broker's messages.
        broker.return_unacknowledged(celery_app)
        return Child(worker_command(self.data_dir, env=env))

    def _measure(self, at: float) -> None:
        for name in ("web", "worker", "postgres"):
            with suppress(psutil.Error, KeyError):
                root = psutil.Process(self.children[name].process.pid)
                tree = [root, *root.children(recursive=True)]
                # What several processes share counts once: it is the machine's memory that must suffice.
                held = sum(process.memory_full_info().pss for process in tree) / 1e6
                self.memory.setdefault(name, []).append((at, held))


@contextmanager
def own_disk(folder: Path, *, megabytes: int) -> Iterator[bool]:
    """Mount a disk of limited size where the data lies; yields whether that could be done (as root it can).

    Its image lies beside the folder and is used again where it is there already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    image = folder.with_suffix(".img")
    if os.getuid() != 0 or shutil.which("mkfs.ext4") is None:
        yield False
        return
    if not image.exists():
        with image.open("wb") as file:
            file.truncate(megabytes * 2**20)
        # No blocks kept back for root: full is full for everybody.
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True)  # noqa: S603, S607
    subprocess.run(["mount", "-o", "loop", image, folder], check=True)  # noqa: S603, S607
    try:
        folder.chmod(0o711)
        yield True
    finally:
        subprocess.run(["umount", "-l", folder], check=True)  # noqa: S603, S607


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Leave no block free on the disk of the data while this lasts."""
    filler = folder / "filler"
    try:
        with filler.open("wb") as file:
            for step in (2**26, 2**20, 2**12):
                with suppress(OSError):
                    while True:
                        os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, step)
        yield
    finally:
        filler.unlink(missing_ok=True)

"""``python -m tests.evaluation.storm [KILLS] [SEED]``: one run under SIGKILLs of worker, broker and database.

Runs in a process and a data directory of its own, because it kills the very servers that other tests use.
Exits with 0 where every sample ended exactly once, no file is an orphan and no claim is stuck.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import django

DATA_DIR = Path(tempfile.mkdtemp(prefix="unfragile-storm-"))
DATA_DIR.chmod(0o711)
os.environ |= {
    "DATA_DIR": str(DATA_DIR),
    "DJANGO_SETTINGS_MODULE": "config.settings.test",
    "EVALUATION_CLAIM_EXPIRY_S": "2",
    "EVALUATION_SWEEP_S": "2",
    "EVALUATION_CHUNK_SIZE": "4",
    "EVALUATION_CANARY_SHARE": "0.1",
    # A sample that dies with its worker again and again is given up one day; here nobody is to blame.
    "EVALUATION_MOST_ATTEMPTS": "1000",
    "OMP_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
}
for name in ("DATABASE_URL", "BROKER_URL"):
    os.environ.pop(name, None)
django.setup()

from django.conf import settings  # noqa: E402 - after the settings
from django.core.files.storage import default_storage  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402
from kombu.exceptions import OperationalError  # noqa: E402

from config import celery_app  # noqa: E402
from config.broker import return_unacknowledged  # noqa: E402
from config.embedded import places  # noqa: E402
from config.embedded.postgres import start_postgres  # noqa: E402
from config.embedded.valkey import start_valkey  # noqa: E402
from config.processes import Child  # noqa: E402
from config.site import worker_command  # noqa: E402
from evaluation.dispatch import dispatch_run  # noqa: E402
from evaluation.images import image_name, thumbnail_name  # noqa: E402
from evaluation.models import Canary, Observation, Run, Sample, Score  # noqa: E402
from evaluation.selectors import run_progress  # noqa: E402
from evaluation.selectors.canaries import uncompared  # noqa: E402
from evaluation.services.plan import plan_run  # noqa: E402
from tests.evaluation.builders import make_painter, make_suite  # noqa: E402

PROMPTS_PER_KILL = 8
PATIENCE_S = 400
# After a kill something may end first, so that the next one meets a run that moves; then at any moment.
PROGRESS_PATIENCE_S = 8
LONGEST_PAUSE_S = 1.5


class Site:
    """A database, a broker and a worker, each of which may be killed and comes back."""

    def __init__(self) -> None:
        self._starts: dict[str, Callable[[], Child]] = {
            "database": lambda: start_postgres(DATA_DIR, log=DATA_DIR / "postgres.log", durable=False),
            "broker": lambda: start_valkey(DATA_DIR, log=DATA_DIR / "valkey.log"),
            "worker": self._start_worker,
        }
        self._children: dict[str, Child] = {}

    def start(self, name: str) -> None:
        """Start a process; servers are waited for, the worker is not."""
        self._children[name] = self._starts[name]()

    def kill(self, name: str) -> None:
        """Kill a process as a power cut would, and start it again."""
        self._children[name].kill()
        self.start(name)

    def stop(self) -> None:
        """Stop everything in order."""
        for name in ("worker", "broker", "database"):
            if name in self._children:
                self._children[name].stop()

    def _start_worker(self) -> Child:
        # The only worker is dead, so nobody else can hold a message.
        with contextlib.suppress(OperationalError, OSError):
            return_unacknowledged(celery_app)
        return Child(worker_command(settings.DATA_DIR, concurrency=2, env=os.environ))


def storm(site: Site, run: Run, *, kills: int, seed: int) -> Counter[str]:
    """Kill one after another at random moments; return how often each was killed before the run was over."""
    rng = random.Random(seed)
    killed: Counter[str] = Counter()
    seen = 0
    for _ in range(kills):
        seen = wait_for_progress(run, beyond=seen)
        time.sleep(rng.uniform(0.0, LONGEST_PAUSE_S))
        name = rng.choice(["worker", "worker", "broker", "database"])
        site.kill(name)
        connection.close()
        killed[name] += 1
    print(
        f"killed {dict(killed)}; at the last kill {seen} of {n_samples(run)} pictures were there", flush=True
    )
    return killed


def wait_for_progress(run: Run, *, beyond: int) -> int:
    """Return how many samples have ended, as soon as that is more than before, or after a while."""
    deadline, ended = time.monotonic() + PROGRESS_PATIENCE_S, beyond
    while time.monotonic() < deadline and ended <= beyond:
        with contextlib.suppress(DatabaseError):
            ended = run.samples.ended().count()
        connection.close()
        time.sleep(0.1)
    return ended


def n_samples(run: Run) -> int:
    """Return how many samples the run was planned with."""
    return run.suite.prompts.count() * run.suite.seeds_per_prompt


def wait_until_over(run: Run) -> None:
    """Wait, without sending any message: the workers' own sweeps must bring everything to its end."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(DatabaseError):
            run.refresh_from_db()
            if run.state == Run.State.FINISHED and not uncompared(run).exists():
                return
        time.sleep(0.3)
    raise SystemExit(f"not over after {PATIENCE_S} s: {run_progress(run.pk)}")


def problems(run: Run) -> Iterator[str]:
    """Yield everything that is not exactly as if nothing had ever been killed."""
    samples, wanted_samples = run.samples.all(), n_samples(run)
    pictures = samples.filter(status=Sample.Status.OK)
    # The suite's own reader, and where OCR is installed the one that looks for words meant for a judge.
    n_readers = Observation.objects.values("reader").distinct().count()
    expected = {
        "samples": (samples.count(), wanted_samples),
        "ended": (samples.ended().count(), wanted_samples),
        "held": (samples.exclude(claimed_by="").count(), 0),
        "given up": (samples.filter(status__in=[Sample.Status.ERROR, Sample.Status.TIMEOUT]).count(), 0),
        "observations": (Observation.objects.count(), pictures.count() * n_readers),
        "scores": (Score.objects.filter(metric="anatomy_pass").count(), wanted_samples),
        "canaries that differ": (Canary.objects.exclude(verdict="identical").count(), 0),
    }
    for what, (found, wanted) in expected.items():
        if found != wanted:
            yield f"{found} {what} instead of {wanted}"
    digests = set(pictures.values_list("image_digest", flat=True))
    named = {image_name(digest) for digest in digests} | {thumbnail_name(digest) for digest in digests}
    media = Path(default_storage.path(""))
    stored = {path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()}
    yield from (f"orphan file {name}" for name in sorted(stored - named))
    yield from (f"missing file {name}" for name in sorted(named - stored))


def specs(n: int) -> list[dict[str, object]]:
    """Return prompts for hands: their reader needs no heavy library, so a new worker soon works."""
    hands = ({"kind": "hand", "count": 1 + place % 2, "fingers": 3 + place % 4} for place in range(n))
    return [{"figures": [hand]} for hand in hands]


def main() -> None:
    """Start, storm, wait, look."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**6)
    site, began = Site(), time.monotonic()
    print(f"{kills} kills, seed {seed}", flush=True)
    try:
        site.start("database")
        site.start("broker")
        call_command("migrate", verbosity=0)
        suite = make_suite(specs(kills * PROMPTS_PER_KILL), scorer="anatomy", headline="anatomy_pass")
        run = plan_run(make_painter(rates={"filtered": 0.05}), suite)
        site.start("worker")
        dispatch_run(run_progress(run.pk))
        storm(site, run, kills=kills, seed=seed)
        print(f"the last kill after {time.monotonic() - began:.0f} s", flush=True)
        wait_until_over(run)
        found = list(problems(run))
        print("\n".join(found) or f"every sample once, after {time.monotonic() - began:.0f} s", flush=True)
        if found:
            raise SystemExit(1)
    finally:
        connection.close()
        site.stop()
        places.release_socket_dir(DATA_DIR)
        shutil.rmtree(DATA_DIR, ignore_errors=True)


if __name__ == "__main__":
    main()

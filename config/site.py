"""The processes that make the site besides its servers: the Celery worker and the web server."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.broker import QUEUES
from config.processes import MARK, Command

CHECKOUT = Path(__file__).resolve().parent.parent
WEB_PROCESSES = 2
WEB_THREADS = 4
WORKER_PROCESSES = 2
# Pages come first where worker and web server share the processors.
WORKER_NICENESS = 5
# Torch and ONNX would otherwise start as many busy threads per process as there are processors.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "TOKENIZERS_PARALLELISM": "false"}


def marked_environment(data_dir: Path) -> dict[str, str]:
    """Return our environment with the mark by which ``leftovers`` knows a process again."""
    return {**os.environ, MARK: str(data_dir.resolve())}


def worker_command(
    data_dir: Path,
    *,
    env: Mapping[str, str],
    concurrency: int = WORKER_PROCESSES,
    queues: Sequence[str] = QUEUES,
) -> Command:
    """Return the Celery worker, for all queues unless some are named."""
    return Command(
        name="worker",
        arguments=[
            *(sys.executable, "-m", "celery", "--app", "config", "worker"),
            *("--queues", ",".join(queues), "--concurrency", str(concurrency), "--loglevel", "INFO"),
            # There is one worker: nobody to greet or to listen to.
            *("--without-gossip", "--without-mingle"),
        ],
        log=data_dir / "worker.log",
        # Finish the tasks in hand; then put them back into the queue; then die.
        stop_signals=((signal.SIGTERM, 8.0), (signal.SIGQUIT, 4.0)),
        cwd=CHECKOUT,
        env={**env, **ONE_THREAD},
        niceness=WORKER_NICENESS,
    )


def web_command(data_dir: Path, *, env: Mapping[str, str], listener: int) -> Command:
    """Return gunicorn on an open listening socket, given by its file descriptor."""
    return Command(
        name="web",
        arguments=[
            *(sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"fd://{listener}"),
            *("--workers", str(WEB_PROCESSES), "--threads", str(WEB_THREADS), "--preload"),
            "--no-control-socket",
        ],
        log=data_dir / "web.log",
        stop_signals=((signal.SIGTERM, 8.0),),
        cwd=CHECKOUT,
        env={**env, **ONE_THREAD},
        pass_fds=(listener,),
    )


def management_command(arguments: Sequence[str], *, env: Mapping[str, str]) -> Command:
    """Return one of our own commands, which writes to our terminal."""
    return Command(
        name=arguments[0],
        arguments=[sys.executable, str(CHECKOUT / "manage.py"), *arguments],
        log=None,
        stop_signals=((signal.SIGTERM, 3.0),),
        cwd=CHECKOUT,
        env={**env, **ONE_THREAD},
    )

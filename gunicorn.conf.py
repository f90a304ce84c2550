"""Gunicorn's settings: metrics that all web processes share, and a log without addresses or queries.

Gunicorn reads this file from the folder that it is started in.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

# Must be set before anything imports prometheus_client.
_given = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
metrics_dir = Path(_given or tempfile.mkdtemp(prefix="unfragile-metrics-"))
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_dir)

# No header may speak for the server: SCRIPT_NAME would change every link of a page that is then kept for all.
forwarder_headers = ""

# The application writes one line per request itself (web/middleware.py).
accesslog = None
# Below a proxy's patience; the database gives up earlier (DATABASE_STATEMENT_TIMEOUT_MS).
timeout = 60


def on_starting(server: Any) -> None:
    """Forget what earlier processes measured: counters start at 0, as Prometheus expects."""
    metrics_dir.mkdir(parents=True, exist_ok=True)
    for left in metrics_dir.glob("*.db"):
        left.unlink()


def child_exit(server: Any, worker: Any) -> None:
    """Drop the gauges of a web process that is gone; its counters stay."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - after the folder is set

    mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """Remove the folder if it was ours."""
    if not _given:
        shutil.rmtree(metrics_dir, ignore_errors=True)

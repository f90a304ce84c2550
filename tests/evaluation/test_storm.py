"""SIGKILL at random moments: worker, broker and database, while a run is under way."""

import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 6


@pytest.mark.slow
def test_killing_worker_broker_and_database_costs_nothing_and_repeats_nothing() -> None:
    checkout = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.evaluation.storm", str(KILLS)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, timeout=540)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    assert "every sample once" in done.stdout

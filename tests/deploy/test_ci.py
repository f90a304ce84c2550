"""What the hosted checks run is here, and what they fetch cannot change under its name."""

import os
import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))
# Modules that a step installs itself, or that come with Python.
MODULES = {"pip", "pip_audit"}


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            yield from ((f"{path.stem}/{name}", step) for step in job["steps"])


@pytest.mark.parametrize(("job", "step"), [(job, step) for job, step in steps() if "run" in step])
def test_every_command_exists(job: str, step: dict[str, Any]) -> None:
    words = shlex.split(step["run"])
    if words[0] == "python":
        assert words[1] == "-m"
        assert words[2] in MODULES
    else:
        assert os.access(CHECKOUT / words[0], os.X_OK)
    for flag, value in pairwise(words):
        assert flag != "--requirement" or (CHECKOUT / value).is_file()


@pytest.mark.parametrize(("job", "step"), [(job, step) for job, step in steps() if "uses" in step])
def test_actions_are_pinned_by_commit_and_get_no_credentials(job: str, step: dict[str, Any]) -> None:
    assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"])
    if step["uses"].startswith("actions/checkout@"):
        assert step["with"]["persist-credentials"] is False


def test_the_audit_looks_at_every_pinned_version_each_week() -> None:
    [workflow] = [yaml.safe_load(path.read_text()) for path in WORKFLOWS]
    # YAML 1.1 takes the key `on` for a truth value.
    assert workflow[True]["schedule"]
    assert "if" not in workflow["jobs"]["audit"]
    lines = (CHECKOUT / "requirements" / "lock.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.!+]+", line) for line in lines if not line.startswith("#"))

"""Directories for servers of a test's own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """Return a directory that every account can pass through, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="unfragile-place-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)

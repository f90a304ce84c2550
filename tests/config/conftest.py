"""Directories for servers of a test's own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import places


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a directory that every account can pass through, unlike pytest's own; sockets go there too."""
    path = Path(tempfile.mkdtemp(prefix="unfragile-", dir=places.SOCKET_ROOT))
    path.chmod(0o711)
    monkeypatch.setattr(places, "SOCKET_ROOT", path)
    yield path
    shutil.rmtree(path, ignore_errors=True)

"""The ground that tests stand on: real servers in a temporary place, a real worker, a real browser.

Nothing is started before a test asks for it: tests of pure functions run without any server.
"""

import os
import shutil
import tempfile
from pathlib import Path

import django
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

CHECKOUT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(tempfile.mkdtemp(prefix="unfragile-tests-"))

# Before Django reads its settings: a data directory of this test session's own, which the account that
# runs PostgreSQL for root can pass through. Where `DATABASE_URL` and `BROKER_URL` are set, their servers
# are used and none is started.
DATA_DIR.chmod(0o711)
(DATA_DIR / "static").mkdir()
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
os.environ["DATA_DIR"] = str(DATA_DIR)
# Made once from the weights in a package and the same for all; making it takes half a minute.
os.environ.setdefault("EMBEDDING_MODEL_DIR", str(CHECKOUT / ".data" / "models" / "minilm-l6"))
# Worker processes start with this environment: they must not look for anything outside either.
os.environ |= {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
# Fewer than the samples of a small run, so that one claim never takes it whole.
os.environ["EVALUATION_CHUNK_SIZE"] = "16"

django.setup()

# A busy machine is slow, and that is no fault of what is tested.
hypothesis_settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("busy")

pytest_plugins = ["tests.browsers", "tests.servers"]

SEEDED = CHECKOUT / "tests" / "web" / "seeded"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each process that shares the tests come here first, before Django reads the settings in it."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests, keep together what shares fixtures: a file, the seeded folder."""
    for item in items:
        shared = SEEDED if item.path.is_relative_to(SEEDED) else item.path
        item.add_marker(pytest.mark.xdist_group(shared.relative_to(CHECKOUT).as_posix()))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(servers: None) -> None:
    """Start the servers before pytest-django makes its test database."""


def pytest_unconfigure() -> None:
    """Remove the session's data directory."""
    shutil.rmtree(DATA_DIR, ignore_errors=True)

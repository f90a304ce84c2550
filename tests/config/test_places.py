import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dj_database_url
import pytest

from config import celery_app
from config.embedded import broker_url, database_url, local_secret_key, places
from config.embedded.errors import EmbeddedServerError

LONG = Path("/somewhere") / ("long" * 40) / ("longer" * 30)
UNIX_SOCKET_LIMIT = 103


@pytest.mark.parametrize("data_dir", [Path("/x"), LONG])
def test_sockets_have_short_paths_whatever_the_checkout(data_dir: Path) -> None:
    for path in (places.postgres_socket_dir(data_dir) / ".s.PGSQL.5432", places.valkey_socket(data_dir)):
        assert len(str(path)) < UNIX_SOCKET_LIMIT


def test_urls_mean_the_same_to_their_readers() -> None:
    parsed = dj_database_url.parse(database_url(LONG))
    assert parsed["OPTIONS"]["host"] == str(places.postgres_socket_dir(LONG))
    assert (
        celery_app.connection_for_write(broker_url(LONG)).hostname == f"socket://{places.valkey_socket(LONG)}"
    )


def test_asking_where_servers_are_creates_nothing(tmp_path: Path) -> None:
    database_url(tmp_path / "data")
    broker_url(tmp_path / "data")
    assert not (tmp_path / "data").exists()
    assert not places.socket_dir(tmp_path / "data").exists()


def test_a_link_in_the_place_of_the_socket_directory_is_refused(tmp_path: Path) -> None:
    trap = places.socket_dir(tmp_path)
    trap.symlink_to(tmp_path)
    try:
        with pytest.raises(EmbeddedServerError, match="belongs to somebody else"):
            places.claim_socket_dir(tmp_path)
    finally:
        trap.unlink()


def test_the_secret_is_random_private_and_lasting(tmp_path: Path) -> None:
    first = local_secret_key(tmp_path / "a")
    assert len(first) > 50
    assert local_secret_key(tmp_path / "a") == first
    assert local_secret_key(tmp_path / "b") != first
    assert stat.S_IMODE((tmp_path / "a" / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(local_secret_key, [tmp_path] * 32))) == 1

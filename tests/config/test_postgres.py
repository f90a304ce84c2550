import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from config.embedded import account, database_url, postgres
from config.embedded.errors import EmbeddedServerError
from config.processes import Child

NOBODY = 65_534
only_as_root = pytest.mark.skipif(os.getuid() != 0, reason="Only root can become somebody else.")


def start(data_dir: Path, *, durable: bool = False) -> Child:
    return postgres.start_postgres(data_dir, log=data_dir.parent / "postgres.log", durable=durable)


@contextmanager
def running(data_dir: Path) -> Iterator[Child]:
    server = start(data_dir)
    try:
        yield server
    finally:
        server.stop()


def ask(data_dir: Path, query: str) -> object:
    with psycopg.connect(database_url(data_dir)) as connection:
        answer = connection.execute(query)
        return answer.fetchone() if answer.description else None


def test_it_is_version_18_with_pgvector_and_no_tcp_and_keeps_its_data(place: Path) -> None:
    data_dir = place / ("long" * 40) / "data"
    data_dir.mkdir(parents=True)
    with running(data_dir) as server:
        assert str(ask(data_dir, "SHOW server_version")).startswith("('18.")
        assert ask(data_dir, "SHOW listen_addresses") == ("",)
        ask(data_dir, "CREATE EXTENSION vector")
        ask(data_dir, "CREATE TABLE kept AS SELECT '[1,2]'::halfvec(2) AS v")
    assert server.exit_code == 0
    with running(data_dir):
        assert ask(data_dir, "SELECT v::text FROM kept") == ("[1,2]",)


def test_it_comes_back_after_sigkill_with_what_was_committed(place: Path) -> None:
    server = start(place / "data", durable=True)
    ask(place / "data", "CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    with running(place / "data"):
        assert ask(place / "data", "SELECT n FROM kept") == (7,)


def test_a_server_that_was_left_behind_is_stopped_and_replaced(place: Path) -> None:
    left = start(place / "data")
    with running(place / "data") as server:
        assert left.exit_code is not None
        assert server.exit_code is None
        assert ask(place / "data", "SELECT 1") == (1,)


def test_a_stale_pid_file_with_the_number_of_a_living_process_is_no_hindrance(place: Path) -> None:
    with running(place / "data"):
        pid_file = (place / "data" / "postgres" / "postmaster.pid").read_text()
    stale = place / "data" / "postgres" / "postmaster.pid"
    stale.write_text("\n".join([str(os.getpid()), *pid_file.splitlines()[1:]]))
    with running(place / "data"):
        assert ask(place / "data", "SELECT 1") == (1,)


def test_a_creation_that_was_cut_short_is_begun_anew(place: Path) -> None:
    half = place / "data" / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with running(place / "data"):
        assert ask(place / "data", "SELECT 1") == (1,)


def test_the_tables_of_another_version_are_named_and_left_alone(place: Path) -> None:
    with running(place / "data"):
        pass
    (place / "data" / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 16, not 18"):
        start(place / "data")


@only_as_root
def test_root_keeps_tables_and_programs_elsewhere_when_the_checkout_is_private(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = postgres._installed_binaries()
    can_enter = account.Account.can_enter
    monkeypatch.setattr(postgres, "SHARED_ROOT", place / "shared")
    monkeypatch.setattr(
        account.Account, "can_enter", lambda self, path: path != programs and can_enter(self, path)
    )
    tmp_path.chmod(0o700)
    with running(tmp_path / "data"):
        ask(tmp_path / "data", "CREATE TABLE kept AS SELECT 7 AS n")
    assert (tmp_path / "data" / "postgres").resolve().is_relative_to(place / "shared")
    with running(tmp_path / "data"):
        assert ask(tmp_path / "data", "SELECT n FROM kept") == (7,)


def _as_nobody(data_dir: Path) -> None:
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    with running(data_dir):
        assert ask(data_dir, "SELECT 1") == (1,)
        assert (data_dir / "postgres").stat().st_uid == NOBODY


@only_as_root
def test_an_ordinary_user_runs_it_as_themselves(place: Path) -> None:
    os.chown(place, NOBODY, NOBODY)
    # A copy of this process, for the interpreter itself may lie where the user cannot go.
    process = multiprocessing.get_context("fork").Process(target=_as_nobody, args=(place / "data",))
    process.start()
    process.join(60)
    assert process.exitcode == 0

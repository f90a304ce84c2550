import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.claims import TakenError, listen, sole_use, still_listening


def test_a_second_run_is_refused_and_told_who_runs(tmp_path: Path) -> None:
    with (
        sole_use(tmp_path),
        pytest.raises(TakenError, match=rf"process {os.getpid()}\)"),
        sole_use(tmp_path),
    ):
        pass


def test_the_claim_of_a_killed_process_is_void(tmp_path: Path) -> None:
    die_holding = (
        "import os, sys, pathlib, config.claims\n"
        "with config.claims.sole_use(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", die_holding, str(tmp_path)], check=False)
    assert (tmp_path / "up.lock").read_text() != ""
    with sole_use(tmp_path):
        assert (tmp_path / "up.lock").read_text() == str(os.getpid())


def test_the_next_free_port_is_taken_where_one_is_busy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with listen(port) as listener:
            assert port < listener.getsockname()[1] < port + 50


def test_a_port_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TakenError, match="No free port from 65536 on"):
        listen(65_536)


def test_a_socket_that_a_server_shut_down_listens_again_on_its_port() -> None:
    listener = listen(20_000)
    assert still_listening(listener) is listener
    address = listener.getsockname()
    listener.shutdown(socket.SHUT_RDWR)
    with still_listening(listener) as again, socket.create_connection(address):
        assert again.getsockname() == address

"""What a model's process tries that no privilege of ours is needed to refuse; each attempt is a real one."""

import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from evaluation.runners.isolated.sandbox import keep_to_files, refuse_calls

ROOT = Path(__file__).resolve().parents[3]
# Confines itself as the model's process does, then tries everything and says what came of it.
ATTACKER = """
import json, os, socket, subprocess, sys
from evaluation.runners.isolated.confine import drop_privileges
from evaluation.runners.isolated.sandbox import keep_to_files, refuse_calls

weights, scratch, secret, unix = sys.argv[1:]
drop_privileges()
calls, files = refuse_calls(), keep_to_files([weights], [scratch])

def connect():
    with socket.socket(socket.AF_UNIX) as plug:
        plug.connect(unix)

attempts = {
    "read-weights": lambda: open(f"{weights}/model"),
    "write-scratch": lambda: open(f"{scratch}/compiled", "w"),
    "run-a-program": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
    "stream-pair": lambda: socket.socketpair(),
    "read-secret": lambda: open(secret),
    "write-weights": lambda: open(f"{weights}/model", "a"),
    "list-secrets": lambda: os.listdir(os.path.dirname(secret)),
    "unix-socket": connect,
    "internet-socket": lambda: socket.socket(socket.AF_INET),
    "raw-netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "datagram-pair": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
    "child-leaves-group": lambda: subprocess.run([sys.executable, "-c", ""], start_new_session=True),
    "leave-group": lambda: os.setpgid(0, 0),
}
said = {}
for name, attempt in attempts.items():
    try:
        attempt()
        said[name] = "done"
    except OSError as error:
        said[name] = type(error).__name__
print(json.dumps({"calls": calls, "files": files, "said": said}))
"""
ALLOWED = {"read-weights", "write-scratch", "run-a-program", "stream-pair"}
BY_FILTER = {
    "unix-socket",
    "internet-socket",
    "raw-netlink",
    "datagram-pair",
    "child-leaves-group",
    "leave-group",
}
BY_LANDLOCK = {"read-secret", "write-weights", "list-secrets"}


@pytest.fixture(scope="module")
def attacks() -> dict[str, str]:
    """What came of each attempt; those that this kernel cannot refuse are left out."""
    # Not pytest's own folder: Landlock must refuse this one, and the path of a socket is short.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        place = Path(folder)
        for name in ("weights", "scratch", "secrets"):
            (place / name).mkdir()
        (place / "weights" / "model").write_text("weights")
        (place / "secrets" / "key").write_text("hidden")
        listener.bind(f"{place}/s")
        listener.listen()
        names = ("weights", "scratch", "secrets/key", "s")
        done = subprocess.run(
            [sys.executable, "-c", ATTACKER, *(str(place / name) for name in names)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        found = json.loads(done.stdout)
    unknown = (BY_FILTER if found["calls"] else set()) | (BY_LANDLOCK if found["files"] else set())
    return {name: outcome for name, outcome in found["said"].items() if name not in unknown}


def test_a_model_has_what_it_needs(attacks: dict[str, str]) -> None:
    assert {name: attacks[name] for name in ALLOWED} == dict.fromkeys(ALLOWED, "done")


def test_a_model_reads_no_secret_and_changes_no_file_of_ours(attacks: dict[str, str]) -> None:
    if not BY_LANDLOCK & attacks.keys():
        pytest.skip("this kernel has no Landlock")
    assert {name: attacks[name] for name in BY_LANDLOCK} == dict.fromkeys(BY_LANDLOCK, "PermissionError")


def test_a_model_reaches_no_socket_and_nothing_that_it_starts_gets_away(attacks: dict[str, str]) -> None:
    if not BY_FILTER & attacks.keys():
        pytest.skip("no filter is written for this machine")
    assert {name: attacks[name] for name in BY_FILTER} == dict.fromkeys(BY_FILTER, "PermissionError")


@pytest.mark.parametrize("confine", [lambda: keep_to_files([], []), refuse_calls])
def test_elsewhere_than_on_linux_it_says_why_not(monkeypatch: pytest.MonkeyPatch, confine: object) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert callable(confine)
    assert confine()

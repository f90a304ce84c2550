"""Where the embedded servers keep their sockets and the local secret: no server is touched here."""

import contextlib
import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

from config.embedded.errors import EmbeddedServerError

# Not `TMPDIR`: the server and each of its clients must find the same place whatever their environment,
# and the path of a unix socket may have 103 characters at most.
SOCKET_ROOT = Path("/tmp")  # noqa: S108 - `claim_socket_dir` refuses a directory that is not our own
SECRET_BYTES = 50


def socket_dir(data_dir: Path) -> Path:
    """Return the short directory for the sockets of the servers whose data is in ``data_dir``."""
    name = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    return SOCKET_ROOT / f"unfragile-{os.getuid()}-{name}"


def database_url(data_dir: Path) -> str:
    """Return the URL of the embedded PostgreSQL, running or not."""
    # As a parameter, not as a host: host names are lower-cased on the way.
    host = quote(str(postgres_socket_dir(data_dir)), safe="")
    return f"postgresql://postgres@/postgres?host={host}"


def broker_url(data_dir: Path) -> str:
    """Return the URL of the embedded Valkey, running or not."""
    return f"redis+socket://{valkey_socket(data_dir)}"


def postgres_socket_dir(data_dir: Path) -> Path:
    """Return the directory of PostgreSQL's socket: its own, for it may run as another user."""
    return socket_dir(data_dir) / "postgres"


def valkey_socket(data_dir: Path) -> Path:
    """Return the path of Valkey's socket."""
    return socket_dir(data_dir) / "valkey.sock"


def claim_socket_dir(data_dir: Path) -> Path:
    """Create the socket directory, or make sure that the one with its name is ours.

    The name can be guessed and its parent is open to all, so anything that another user could have
    put there is refused.
    """
    path = socket_dir(data_dir)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        message = f"{path} should hold the servers' sockets but belongs to somebody else; remove it."
        raise EmbeddedServerError(message)
    # Root lets PostgreSQL's own account pass through; nobody else has anything to see inside.
    path.chmod(0o711 if os.getuid() == 0 else 0o700)
    return path


def release_socket_dir(data_dir: Path) -> None:
    """Remove the socket directory once the servers have stopped."""
    shutil.rmtree(socket_dir(data_dir), ignore_errors=True)


def local_secret_key(data_dir: Path) -> str:
    """Return this checkout's own ``SECRET_KEY``, made at random when first asked for."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text(encoding="utf-8")


def _write_once(path: Path, text: str) -> None:
    """Write a private file in one step; of several processes that try, the first one wins."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()

"""Which operating-system user runs PostgreSQL: ourselves, or an account of its own when we are root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

ACCOUNT_NAME = "pgserver"
FALLBACK_NAME = "nobody"


class Credentials(TypedDict, total=False):
    """The arguments of ``subprocess`` that start a process as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user that PostgreSQL can run as."""

    uid: int
    gid: int
    is_ourselves: bool

    @property
    def credentials(self) -> Credentials:
        """Return what makes ``subprocess`` start a process as this user."""
        if self.is_ourselves:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, directory: Path) -> bool:
        """Tell whether this user may pass through every directory down to this one."""
        if self.is_ourselves:
            return True
        test = shutil.which("test") or "/bin/test"
        outcome = subprocess.run([test, "-x", str(directory)], check=False, cwd="/", **self.credentials)  # noqa: S603
        return outcome.returncode == 0

    def give(self, directory: Path) -> None:
        """Create a directory that only this user can look into."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.is_ourselves:
            os.chown(directory, self.uid, self.gid)
        directory.chmod(0o700)


def server_account(*, owner_of: Path) -> Account:
    """Return the user for the PostgreSQL with the tables in ``owner_of``; it refuses to run as root.

    Root runs it as the user whose tables they are. Where there are none yet, it uses the account
    ``pgserver`` and adds it where it is missing; where accounts cannot be added, ``nobody`` serves.
    """
    if os.getuid() != 0:
        return Account(uid=os.getuid(), gid=os.getgid(), is_ourselves=True)
    if owner_of.exists() and (found := owner_of.stat()).st_uid != 0:
        return Account(uid=found.st_uid, gid=found.st_gid, is_ourselves=False)
    entry = _find(ACCOUNT_NAME) or _add(ACCOUNT_NAME) or pwd.getpwnam(FALLBACK_NAME)
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, is_ourselves=False)


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _add(name: str) -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd")
    if useradd is None:
        return None
    command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    return _find(name)

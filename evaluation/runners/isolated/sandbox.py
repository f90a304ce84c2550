"""What the kernel refuses a model's process without asking for any privilege: files, sockets, leaving its group.

Landlock (landlock(7), Linux 5.13; signals from 6.12 on) keeps it to the files that it needs. A seccomp filter
(seccomp(2)) refuses sockets of every family, also Unix ones, and moving to another process group, so that all
that it starts is counted and ended with it. Both hold for its children and cannot be taken back. The process
must have one thread when it asks.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[3]
_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt", "/etc", "/proc", "/sys")
_DEVICES: Final = ("null", "zero", "full", "random", "urandom", "shm", "nvidia*", "dri", "kfd")

# landlock(7): system calls, one number on every machine; access rights by the version that brought them.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_LIST: Final = 1 << 3
_READ: Final = 1 << 0 | 1 << 2 | _LIST
_ON_FILES: Final = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15
_RIGHTS_SINCE: Final = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}

# seccomp(2), x86_64 and aarch64: architecture, the calls refused, and socketpair.
_REFUSED: Final = ("socket", "connect", "io_uring_setup", "setsid", "setpgid", "ptrace")
_NUMBERS: Final = {
    "x86_64": (0xC000003E, (41, 42, 425, 112, 109, 101), 53),
    "aarch64": (0xC00000B7, (198, 203, 425, 157, 154, 117), 199),
}
_X32: Final = 0x40000000
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_STREAM: Final = 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def keep_to_files(readable: Iterable[str], writable: Iterable[str]) -> str:
    """Let this process open nothing but the system's libraries, our code and these; return why not, or nothing."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, 0, 1) if sys.platform == "linux" else -1
    if version < 1:
        return "the kernel has no Landlock"
    handled = sum(right for since, right in _RIGHTS_SINCE.items() if since <= version)
    # No TCP port, no abstract socket and no signal to anybody outside, where the kernel knows to refuse them.
    fields = (handled, *((3,) if version >= 4 else ()), *((3,) if version >= 6 else ()))
    rules = libc.syscall(_CREATE, struct.pack(f"{len(fields)}Q", *fields), 8 * len(fields), 0)
    if rules < 0:
        return os.strerror(ctypes.get_errno()).lower()
    everything = [(path, _READ) for path in (*_code(), *readable)]
    everything += [(path, handled) for path in (*_devices(), *writable)]
    for path, rights in (*everything, (str(_ROOT), _LIST)):
        _add_rule(libc, rules, path, rights & handled)
    refused = libc.syscall(_RESTRICT, rules, 0) != 0
    os.close(rules)
    return os.strerror(ctypes.get_errno()).lower() if refused else ""


def refuse_calls() -> str:
    """Refuse sockets and leaving the process group for good; return why not, or nothing."""
    known = _NUMBERS.get(platform.machine()) if sys.platform == "linux" else None
    if known is None:
        return f"no filter is written for {sys.platform} on {platform.machine()}"
    content = ctypes.create_string_buffer(_filter(*known))
    program = _Program(len(content) // 8, ctypes.addressof(content))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        return os.strerror(ctypes.get_errno()).lower()
    return ""


def _code() -> Iterator[str]:
    """Yield where libraries and our own packages lie: not the checkout, where secrets may lie in files."""
    yield from _SYSTEM
    yield from (os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix))
    yield from filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(":"))
    yield from (str(path.parent) for path in _ROOT.glob("*/__init__.py"))


def _devices() -> Iterator[str]:
    yield from (str(path) for pattern in _DEVICES for path in Path("/dev").glob(pattern))


def _add_rule(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    with suppress(OSError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            allowed = rights if os.path.isdir(path) else rights & _ON_FILES  # noqa: PTH112 - as a string
            libc.syscall(_ADD, rules, 1, struct.pack("=Qi", allowed, descriptor), 0)
        finally:
            os.close(descriptor)


def _filter(architecture: int, refused: tuple[int, ...], socketpair: int) -> bytes:
    """Return the filter: wrong architecture ends the process, refused calls fail, pairs must be streams.

    Datagrams of a pair could be sent to any address.
    """
    n = len(refused)
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, n + 5, 0, _X32),
        *((_EQUAL, n + 4 - place, 0, number) for place, number in enumerate(refused)),
        (_EQUAL, 0, 3, socketpair),
        # The second argument, its lower half.
        (_LOAD, 0, 0, 16 + 8),
        (_AND, 0, 0, 0xF),
        (_EQUAL, 0, 1, _STREAM),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EACCES),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)

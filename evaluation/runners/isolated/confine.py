"""What a process gives up before it loads a model. Linux alone knows how to; elsewhere it says so.

Namespaces: user_namespaces(7), network_namespaces(7). The process must have one thread when it asks.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Final

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
# What a model's libraries need to find the machine; no address, no key, no token.
_KEPT_NAMES: Final = frozenset(
    [
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "TZ",
        "LD_LIBRARY_PATH",
        "HF_HOME",
        "HF_HUB_CACHE",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
    ]
)
# Where libraries write: temporary files, what they compile, what they download of code (nothing here).
_SCRATCH_NAMES: Final = (
    "TMPDIR",
    "TRITON_CACHE_DIR",
    "TORCHINDUCTOR_CACHE_DIR",
    "CUDA_CACHE_PATH",
    "HF_MODULES_CACHE",
    "XDG_CACHE_HOME",
)
_LARGEST_FILE_BYTES: Final = 8 * 2**30
_KEPT_PREFIXES: Final = ("CUDA_", "NVIDIA_", "TORCH_", "PYTORCH_", "TRITON_")


def bare_environment(*, with_hub: bool, scratch: str) -> dict[str, str]:
    """Return the environment of a model's process: no secret of the site is in it.

    Args:
        with_hub: whether it fetches weights, with the hub's token and address, and runs no model.
        scratch: the folder where it may write, which nobody else reads: what it compiles is its own.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT_NAMES or name.startswith(_KEPT_PREFIXES)
    }
    kept |= dict.fromkeys(_SCRATCH_NAMES, scratch)
    if with_hub:
        return kept | {
            name: value for name, value in os.environ.items() if name in ("HF_TOKEN", "HF_ENDPOINT")
        }
    return kept | {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}


def hub_cache() -> str:
    """Return where the hub's library keeps weights; its folder above may hold a token."""
    home = os.environ.get("HF_HOME") or str(Path("~/.cache/huggingface").expanduser())
    return os.environ.get("HF_HUB_CACHE") or f"{home}/hub"


def drop_privileges() -> None:
    """Never gain rights by running a program, leave no core file and no huge one, end with the worker."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE_BYTES, _LARGEST_FILE_BYTES))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def hide_this_process() -> None:
    """Keep other processes of the same user from reading this one's environment and memory (prctl(2)).

    A worker does this before it starts a model: without a user namespace the two are one user's.
    """
    _prctl(_PR_SET_DUMPABLE, 0)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def leave_the_network() -> str:
    """Move this process into a network of its own, where there is nobody; return why not, or nothing.

    >>> isinstance(leave_the_network.__doc__, str)
    True
    """
    if sys.platform != "linux":
        return f"{sys.platform} has no network namespaces"
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return os.strerror(ctypes.get_errno())
    # Files stay those of the same user; without a map the libraries find no home.
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        try:
            Path(f"/proc/self/{name}").write_text(content)
        except OSError:
            continue
    return ""

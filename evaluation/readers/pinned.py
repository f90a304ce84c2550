"""Models that a deployment names: a hub id at a commit, or a local folder. Safetensors only, no remote code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

_HUB: Final = re.compile(r"(?P<id>[\w.-]+/[\w.-]+)@(?P<commit>[0-9a-f]{40})")


class UnpinnedModelError(ValueError):
    """A model that is not named exactly; the message says how to name it."""


@dataclass(frozen=True)
class PinnedModel:
    """Where a model is: a hub id with its commit, or a folder (no commit)."""

    location: str
    commit: str | None

    @classmethod
    def parse(cls, named: str) -> PinnedModel:
        """Read ``org/name@commit`` (40 hexadecimal digits) or the path of a folder.

        >>> PinnedModel.parse("org/model@" + "0" * 40).location
        'org/model'

        Raises:
            UnpinnedModelError: for anything else; a branch or tag may change under the scores.
        """
        if found := _HUB.fullmatch(named):
            return cls(found["id"], found["commit"])
        if Path(named).is_dir():
            return cls(named, None)
        raise UnpinnedModelError(f"{named!r} is neither org/name@commit (40 digits) nor a folder")

    def arguments(self) -> dict[str, Any]:
        """Return what every ``from_pretrained`` gets."""
        return {
            "revision": self.commit or "main",
            "trust_remote_code": False,
            "local_files_only": self.commit is None,
        }


@lru_cache(maxsize=8)
def model_version(named: str) -> str:
    """Return 12 digits over the model's name or weights and the library's version; "none" where none is named."""
    if not named:
        return "none"
    model = PinnedModel.parse(named)
    whole = sha256(version("transformers").encode())
    if model.commit:
        whole.update(named.encode())
    else:
        for path in sorted(Path(model.location).iterdir()):
            if path.suffix in (".safetensors", ".json", ".jinja"):
                whole.update(sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]

"""Looks at a hub model's list of files before anything of it is fetched, and names its weights by hash."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from huggingface_hub import HfApi, constants
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from evaluation.runners.base import RecipeError
from evaluation.runners.describe import INDEX_FILE, PICKLED

COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def check_repository(repo_id: str, *, revision: str) -> None:
    """Refuse what is not there, is no pipeline, or would need pickles or code of its own.

    Offline, the copy on this machine is checked when it is loaded.

    Raises:
        RecipeError: one line that names the reason.
    """
    if not COMMIT.fullmatch(revision):
        raise RecipeError(f"{repo_id}: a hub model needs a pinned commit, not {revision!r}")
    if constants.is_offline_mode():
        return
    names = _files(repo_id, revision=revision)
    if INDEX_FILE not in names:
        raise RecipeError(f"{repo_id}: no diffusers pipeline there ({INDEX_FILE} is missing)")
    check_names(names, name=repo_id)


def check_names(names: set[str], *, name: str) -> None:
    """Refuse parts of a pipeline that exist as pickles alone, and code of the model's own.

    >>> check_names({"unet/model.safetensors", "unet/model.bin"}, name="fine")
    """
    parts = {path.split("/")[0] for path in names if "/" in path}
    for part in sorted(parts):
        inside = [path for path in names if path.startswith(f"{part}/")]
        pickles = sorted(path for path in inside if Path(path).suffix in PICKLED)
        if pickles and not any(path.endswith(".safetensors") for path in inside):
            raise RecipeError(f"{name}: {pickles[0]} is pickled; weights are loaded as safetensors only")
    code = sorted(path for path in names if path.endswith(".py"))
    if code:
        raise RecipeError(f"{name}: {code[0]} is code of the model's own, which is never run")


def _files(repo_id: str, *, revision: str) -> set[str]:
    try:
        found = HfApi(endpoint=constants.ENDPOINT).model_info(repo_id, revision=revision)
    except GatedRepoError as error:
        raise RecipeError(f"{repo_id} is gated: accept its terms on the hub and set HF_TOKEN") from error
    except RevisionNotFoundError as error:
        raise RecipeError(f"{repo_id} has no commit {revision}") from error
    except RepositoryNotFoundError as error:
        raise RecipeError(f"{repo_id} does not exist on the hub, or is private") from error
    except (HfHubHTTPError, OSError, ValueError) as error:
        words = " ".join(str(error).split())[:200]
        raise RecipeError(f"{repo_id} cannot be looked up on the hub: {words}") from error
    return {file.rfilename for file in found.siblings or ()}


def weights_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every safetensors file of a pipeline's folder.

    In the hub's cache each file is a link to a blob that is named by its hash, so nothing is read again.
    """
    hashes = {}
    for path in sorted(folder.rglob("*.safetensors")):
        blob = path.resolve().name
        name = path.relative_to(folder).as_posix()
        hashes[name] = blob if _SHA256.fullmatch(blob) else _sha256(path)
    return hashes


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

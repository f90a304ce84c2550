"""The sentence encoder through onnxruntime and tokenizers: no torch in the process."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from matchgraph.embedders.protocol import EmbeddingRecipe, Vectors


class OnnxEmbedder:
    """A folder with ``model.onnx``, ``tokenizer.json`` and ``recipe.json``."""

    def __init__(self, folder: Path) -> None:
        self.recipe = EmbeddingRecipe(**json.loads((folder / "recipe.json").read_text()))
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.recipe.max_tokens)
        options = onnxruntime.SessionOptions()
        # One thread: a query takes about a millisecond, and several threads on a busy machine take more.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, made alone, so that it depends on that text only."""
        vectors = np.empty((len(texts), self.recipe.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            ids = np.array(self._tokenizer.encode(text).ids, dtype=np.int64)
            (vectors[row],) = self._session.run(None, {"input_ids": ids})
        return vectors

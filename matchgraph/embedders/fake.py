"""A deterministic embedder without a model: texts that share words and letters are near each other."""

import hashlib
import re
from collections.abc import Iterator, Sequence

import numpy as np

from matchgraph.embedders.protocol import EmbeddingRecipe, Vectors

WORD_WEIGHT = 3.0


class HashingEmbedder:
    """Hashed words and letter trigrams: enough for tests, which want the real thing's shape and speed."""

    recipe = EmbeddingRecipe(
        model="hashed words and trigrams",
        revision="1",
        dimensions=384,
        pooling="sum",
        normalisation="l2",
        precision="float32",
        max_tokens=1_000,
    )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text; the empty text gets the first axis."""
        vectors = np.zeros((len(texts), self.recipe.dimensions), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for feature, weight in _features(text):
                place = int.from_bytes(hashlib.blake2s(feature.encode(), digest_size=4).digest())
                row[place % self.recipe.dimensions] += weight if place & (1 << 31) else -weight
            if not row.any():
                row[0] = 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def _features(text: str) -> Iterator[tuple[str, float]]:
    for word in re.findall(r"\w+", text.casefold()):
        yield word, WORD_WEIGHT
        padded = f"^{word}$"
        yield from ((padded[start : start + 3], 1.0) for start in range(len(padded) - 2))

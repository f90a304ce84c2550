"""What an embedder promises, and the frozen recipe that names its vectors."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class EmbeddingRecipe:
    """Everything that decides a vector. Vectors of two recipes are never compared.

    Some models want to be told what they read: ``query_prefix`` stands before what is searched for and
    ``text_prefix`` before what is searched.
    """

    model: str
    revision: str
    dimensions: int
    pooling: str
    normalisation: str
    precision: str
    max_tokens: int
    query_prefix: str = ""
    text_prefix: str = ""

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the recipe: the stamp on every generation of vectors.

        A prefix that is empty does not count, as it did not before recipes had any.
        """
        fields = {name: value for name, value in asdict(self).items() if value != ""}
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


class Embedder(Protocol):
    """Turns texts into unit vectors; the same text always gives the same vector."""

    @property
    def recipe(self) -> EmbeddingRecipe:
        """Return the recipe that the vectors are stamped with."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text: float32 of shape (n, dimensions)."""
        ...

    def __hash__(self) -> int:
        """Return what tells an embedder from others, so that its vectors can be kept."""
        ...


def embedded_texts(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """Return the vectors of texts that are to be found."""
    return embedder.embed([embedder.recipe.text_prefix + text for text in texts])


def embedded_query(embedder: Embedder, text: str) -> Vectors:
    """Return the vector of one text that is searched for, of shape (dimensions,)."""
    vector: Vectors = embedder.embed([embedder.recipe.query_prefix + text])[0]
    return vector

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
    """Everything that decides a vector. Vectors of two recipes are never compared."""

    model: str
    revision: str
    dimensions: int
    pooling: str
    normalisation: str
    precision: str
    max_tokens: int

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the recipe: the stamp on every generation of vectors."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


class Embedder(Protocol):
    """Turns texts into unit vectors; the same text always gives the same vector."""

    @property
    def recipe(self) -> EmbeddingRecipe:
        """Return the recipe that the vectors are stamped with."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text: float32 of shape (n, dimensions)."""
        ...

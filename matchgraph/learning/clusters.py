"""Which intents say the same in other words: leaders and who follows them."""

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
BLOCK = 1024
# From this cosine on two intents are one wish in two wordings: "remove the background" and "background removal".
SAME_WISH = 0.85


def leaders(vectors: Vectors, *, known: int = 0, threshold: float = SAME_WISH) -> NDArray[np.int64]:
    """Return for each vector the index of the leader that it follows; a leader follows itself.

    One after another, each new vector follows the most similar leader before it, or else leads itself
    (leader clustering, Hartigan 1975). What stands already never moves, so a cluster keeps its first member.

    Args:
        vectors: unit vectors, n x d; the first ``known`` are leaders already.
        known: how many of them lead.
        threshold: the least cosine to follow.

    >>> leaders(np.eye(2, dtype=np.float32)[[0, 1, 0]]).tolist()
    [0, 1, 0]
    """
    following = np.arange(len(vectors), dtype=np.int64)
    leading = list(range(known))
    for start in range(known, len(vectors), BLOCK):
        stop = min(start + BLOCK, len(vectors))
        block = vectors[start:stop]
        before = np.array(leading, dtype=np.int64)
        nearest, cosines = _nearest(block, vectors[before])
        inside: list[int] = []
        among = block @ block.T
        for row in range(stop - start):
            best, cosine = (int(before[nearest[row]]), cosines[row]) if len(before) else (-1, -1.0)
            if inside and (own := among[row, inside]).max() > cosine:
                best, cosine = start + inside[int(own.argmax())], own.max()
            if cosine >= threshold:
                following[start + row] = best
            else:
                inside.append(row)
                leading.append(start + row)
    return following


def _nearest(block: Vectors, among: Vectors) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the index and the cosine of each row's nearest vector; -1 where there is none."""
    if not len(among):
        return np.full(len(block), -1, dtype=np.int64), np.full(len(block), -1.0, dtype=np.float32)
    cosines = block @ among.T
    nearest = cosines.argmax(axis=1)
    return nearest, cosines[np.arange(len(block)), nearest]

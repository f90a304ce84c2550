"""Reads vectors as PostgreSQL sends them in binary: a million in seconds, and as many in memory as wanted."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from matchgraph.capability_sets import NAME_SHARE
from matchgraph.models import Generation
from matchgraph.models.embedding import DIMENSIONS

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]
# A binary COPY begins with 19 bytes and ends with 2.
HEADER_BYTES, END = 19, struct.pack(">h", -1)
ROW = np.dtype(
    [
        ("fields", ">i2"),
        *((part, kind) for name in ("artifact", "capability", "name") for part, kind in
          ((f"{name}_bytes", ">i4"), (name, ">i8"))),
        ("bytes", ">i4"), ("dimensions", ">i2"), ("unused", ">i2"), ("vector", ">f2", DIMENSIONS),
    ]
)  # fmt: skip
ROWS = """
COPY (
    SELECT artifact_id, capability_id, name_id, vector FROM matchgraph_capabilityembedding
    WHERE generation_id = %(generation)s AND (%(everyone)s OR artifact_id = ANY(%(artifacts)s))
    ORDER BY artifact_id, capability_id
) TO STDOUT (FORMAT binary)
"""


@dataclass(frozen=True)
class StoredVectors:
    """Artifacts in the order of their ids, and the vectors of their capabilities, one artifact after another.

    Those of artifact ``k`` are the rows ``bounds[k]`` to ``bounds[k + 1]``. Texts and names are units scaled
    by the root of their share, so that the cosine of two capabilities is the sum of both products.
    """

    artifact_ids: Ids
    bounds: Ids
    capability_ids: Ids
    texts: Floats
    names: Floats
    name_of: NDArray[np.int64]

    def similarities(self, own: Ids, others: Ids) -> Floats:
        """Return the cosines between some rows and others."""
        texts = self.texts[own] @ self.texts[others].T
        names = self.names[self.name_of[own]] @ self.names[self.name_of[others]].T
        return np.clip(texts + names, -1, 1)

    def sums(self) -> Floats:
        """Return the sum of each artifact's vectors: texts beside names, (artifacts, 2 * 384)."""
        found = np.empty((len(self.artifact_ids), 2 * DIMENSIONS), np.float32)
        for place, (start, end) in enumerate(zip(self.bounds[:-1], self.bounds[1:], strict=True)):
            found[place, :DIMENSIONS] = self.texts[start:end].sum(axis=0)
            found[place, DIMENSIONS:] = self.names[self.name_of[start:end]].sum(axis=0)
        return found


def stored_vectors(
    generation: Generation, *, artifact_ids: Sequence[int] | None = None, folder: Path | None = None
) -> StoredVectors:
    """Read the vectors of some artifacts, or of all.

    With a ``folder`` the texts are kept in a file there, of which the system holds in memory what is in use.
    """
    chunks, artifacts, capabilities, names = [], [], [], []
    n = generation.embeddings.count() if folder else 0
    kept = (
        np.lib.format.open_memmap(folder / "texts.npy", "w+", np.float32, (n, DIMENSIONS)) if folder else None
    )
    done = 0
    for rows in _rows(generation, artifact_ids):
        texts = _scaled(rows["vector"], 1 - NAME_SHARE)
        if kept is None:
            chunks.append(texts)
        else:
            kept[done : done + len(rows)] = texts[: n - done]
        done += len(rows)
        artifacts.append(rows["artifact"].astype(np.int64))
        capabilities.append(rows["capability"].astype(np.int64))
        names.append(rows["name"].astype(np.int64))
    owners = np.concatenate([*artifacts, np.empty(0, np.int64)])
    ids, starts = np.unique(owners, return_index=True)
    name_ids, name_of = np.unique(np.concatenate([*names, np.empty(0, np.int64)]), return_inverse=True)
    return StoredVectors(
        ids,
        np.append(starts, len(owners)),
        np.concatenate([*capabilities, np.empty(0, np.int64)]),
        np.concatenate([*chunks, np.empty((0, DIMENSIONS), np.float32)]) if kept is None else kept,
        _names(name_ids),
        name_of,
    )


def _rows(generation: Generation, artifact_ids: Sequence[int] | None) -> Iterator[NDArray[np.void]]:
    parameters = {
        "generation": generation.pk,
        "everyone": artifact_ids is None,
        "artifacts": list(artifact_ids or []),
    }
    yield from _received(ROWS, parameters, ROW)


def _received(
    statement: str, parameters: dict[str, object], layout: np.dtype[np.void]
) -> Iterator[NDArray[np.void]]:
    """Return the rows of a binary COPY without nulls, as they arrive."""
    pending = bytearray()
    is_first = True
    with connection.cursor() as cursor, cursor.copy(statement, parameters) as copy:
        for data in copy:
            pending += data
            if is_first and len(pending) >= HEADER_BYTES:
                del pending[:HEADER_BYTES]
                is_first = False
            n = len(pending) // layout.itemsize
            if n >= 4_096:
                yield np.frombuffer(bytes(pending[: n * layout.itemsize]), layout)
                del pending[: n * layout.itemsize]
    n = (len(pending) - len(END)) // layout.itemsize
    if n > 0:
        yield np.frombuffer(bytes(pending[: n * layout.itemsize]), layout)


def _scaled(vectors: NDArray[np.floating], share: float) -> Floats:
    """Return units times the root of a share; making units anew undoes the rounding of half precision."""
    single = vectors.astype(np.float32)
    scaled: Floats = single * (np.sqrt(share) / np.linalg.norm(single, axis=1, keepdims=True))
    return scaled


NAME_ROW = np.dtype(
    [("fields", ">i2"), ("id_bytes", ">i4"), ("id", ">i8"), ("bytes", ">i4"), ("dimensions", ">i2"),
     ("unused", ">i2"), ("vector", ">f2", DIMENSIONS)]
)  # fmt: skip
NAMES = """
COPY (SELECT id, vector FROM matchgraph_nameembedding WHERE id = ANY(%(ids)s) ORDER BY id)
TO STDOUT (FORMAT binary)
"""


def _names(name_ids: Ids) -> Floats:
    """Return the vectors of names, in the order of their ids."""
    parts = [
        _scaled(rows["vector"], NAME_SHARE) for rows in _received(NAMES, {"ids": name_ids.tolist()}, NAME_ROW)
    ]
    return np.concatenate([*parts, np.empty((0, DIMENSIONS), np.float32)])

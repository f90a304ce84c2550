"""The vectors of whole artifacts, and the alignment of two of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matchgraph.embedders.protocol import Vectors
from matchgraph.models import CapabilityEmbedding
from matchgraph.overlap import align


@dataclass(frozen=True)
class CapabilitySet:
    """The capabilities of one artifact, and their unit vectors in the same order."""

    ids: tuple[int, ...]
    vectors: Vectors


@dataclass(frozen=True)
class AlignedIds:
    """A capability of the first artifact and the one of the second that it goes with."""

    first: int
    second: int
    similarity: float


EMPTY = CapabilitySet((), np.empty((0, 0), np.float32))


def capability_sets(generation_id: int | None, artifact_ids: Iterable[int]) -> dict[int, CapabilitySet]:
    """Return the capability sets of artifacts in one generation (``None``: the current). One query."""
    rows = CapabilityEmbedding.objects.filter(capability__artifact__in=artifact_ids).order_by("capability_id")
    if generation_id is None:
        rows = rows.filter(generation__is_current=True)
    else:
        rows = rows.filter(generation=generation_id)
    members: dict[int, list[tuple[int, list[float]]]] = defaultdict(list)
    for artifact_id, pk, vector in rows.values_list("capability__artifact_id", "capability_id", "vector"):
        members[artifact_id].append((pk, vector))
    return {artifact_id: _capability_set(rows) for artifact_id, rows in members.items()}


def _capability_set(rows: list[tuple[int, list[float]]]) -> CapabilitySet:
    """Undo the rounding of half precision, so that a capability's cosine with itself is 1."""
    vectors = np.array([vector for _, vector in rows], dtype=np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return CapabilitySet(tuple(pk for pk, _ in rows), unit)


def aligned(first: CapabilitySet, second: CapabilitySet) -> tuple[float, list[AlignedIds]]:
    """Return the overlap of two artifacts, 0-1, and the pairs of capabilities that make it."""
    if not first.ids or not second.ids:
        return 0.0, []
    alignment = align(np.clip(first.vectors @ second.vectors.T, -1, 1))
    return alignment.score, [
        AlignedIds(first.ids[pair.first], second.ids[pair.second], round(pair.similarity, 4))
        for pair in alignment.pairs
    ]

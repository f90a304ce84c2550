"""The vectors of whole artifacts, and the alignment of two of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matchgraph.embedders.protocol import Vectors
from matchgraph.models import CapabilityEmbedding
from matchgraph.overlap import align

# How much the name counts in the similarity of two capabilities; their texts count the rest. A name
# says in a few words which ability is meant, a text how this artifact does it: with names the best F1
# on the labelled pairs is 0.87, with texts alone 0.73.
NAME_SHARE = 0.5


@dataclass(frozen=True)
class CapabilitySet:
    """The capabilities of one artifact, and their unit vectors in the same order.

    A vector is that of the text beside that of the name, each scaled by the root of its share, so that
    the product of two is the mean of the two cosines.
    """

    ids: tuple[int, ...]
    vectors: Vectors


@dataclass(frozen=True)
class AlignedIds:
    """A capability of the first artifact and the one of the second that it goes with."""

    first: int
    second: int
    similarity: float


ReadSets: TypeAlias = Callable[[Iterable[int]], dict[int, CapabilitySet]]
EMPTY = CapabilitySet((), np.empty((0, 0), np.float32))


def capability_sets(generation_id: int | None, artifact_ids: Iterable[int]) -> dict[int, CapabilitySet]:
    """Return the capability sets of artifacts in one generation (``None``: the current). One query."""
    rows = CapabilityEmbedding.objects.filter(artifact__in=artifact_ids).order_by("capability_id")
    if generation_id is None:
        rows = rows.filter(generation__is_current=True)
    else:
        rows = rows.filter(generation=generation_id)
    members: dict[int, list[tuple[int, list[float], list[float]]]] = defaultdict(list)
    fields = ("artifact_id", "capability_id", "vector", "name__vector")
    for artifact_id, pk, text, name in rows.values_list(*fields):
        members[artifact_id].append((pk, text, name))
    return {
        artifact_id: CapabilitySet(
            tuple(pk for pk, _, _ in items),
            joined(np.array([text for _, text, _ in items]), np.array([name for _, _, name in items])),
        )
        for artifact_id, items in members.items()
    }


def current_sets(artifact_ids: Iterable[int]) -> dict[int, CapabilitySet]:
    """Return the capability sets of artifacts in the current generation. One query."""
    return capability_sets(None, artifact_ids)


def joined(texts: NDArray[np.floating], names: NDArray[np.floating]) -> Vectors:
    """Return unit vectors whose products are the weighted means of the cosines of texts and of names.

    Both are made units first, which undoes the rounding of half precision.
    """
    parts = ((texts, 1 - NAME_SHARE), (names, NAME_SHARE))
    return np.hstack(
        [
            vectors / np.linalg.norm(vectors, axis=1, keepdims=True) * np.sqrt(share)
            for vectors, share in parts
        ],
        dtype=np.float32,
    )


def aligned(first: CapabilitySet, second: CapabilitySet) -> tuple[float, list[AlignedIds]]:
    """Return the overlap of two artifacts, 0-1, and the pairs of capabilities that make it."""
    if not first.ids or not second.ids:
        return 0.0, []
    alignment = align(np.clip(first.vectors @ second.vectors.T, -1, 1))
    return alignment.score, [
        AlignedIds(first.ids[pair.first], second.ids[pair.second], round(pair.similarity, 4))
        for pair in alignment.pairs
    ]

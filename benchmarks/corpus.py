"""Made-up capabilities that lie as real ones do: each between two real ones, texts and vectors alike.

Uniform noise would make every vector equally far from every other, and any index bad at it in its own way.
Real embeddings lie in clusters of very different sizes on a thin surface; so each made-up vector is a
mixture of two real ones that are near each other, with some noise, and its words are theirs, with a few rare
ones. The same number and seed give the same rows.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]

PER_ARTIFACT = 10
# A mixture's partner is one of so many nearest; the noise is as long as this share of the vector.
PARTNERS, NOISE = 40, 0.35
# An artifact's capabilities are those of one real artifact, but for this share, which is of any.
OF_ANY = 0.2
# Names and intents are said by many: how many different ones there are for a thousand capabilities.
NAMES_PER_THOUSAND, INTENTS_PER_THOUSAND = 20, 100
N_RARE_WORDS = 200_000
# A name has 90 letters at most; the number that tells made-up ones apart comes behind.
LONGEST = 80


@dataclass(frozen=True)
class Real:
    """Really embedded texts: capabilities with names and one intent each, and searches that nobody fitted to.

    ``owners`` says which artifact each capability is of, counted from 0.
    """

    owners: Ids
    names: list[str]
    texts: list[str]
    intents: list[str]
    queries: list[str]
    name_vectors: Vectors
    text_vectors: Vectors
    intent_vectors: Vectors


@dataclass(frozen=True)
class Pool:
    """Texts that several capabilities share, and which real capability each was made from.

    ``same`` says for each real capability which one stands for all that have its text.
    """

    texts: list[str]
    vectors: Vectors
    parents: Ids
    same: Ids


@dataclass(frozen=True)
class Batch:
    """Some capabilities: what they say, their vectors, and which name and intent each has."""

    descriptions: list[str]
    vectors: Vectors
    names: Ids
    intents: Ids


def real_texts(catalogue: Path, intents_file: Path, cache: Path) -> Real:
    """Embed the seed catalogue's capabilities once, and read the graded searches."""
    from catalog.seed.read import Names, read_catalogue  # noqa: PLC0415 - Django is set up by now
    from matchgraph.embedders.configured import ensured_embedder  # noqa: PLC0415
    from matchgraph.search.graded import read_intents  # noqa: PLC0415
    from matchgraph.texts import capability_text  # noqa: PLC0415

    entries = read_catalogue([catalogue], known=Names(frozenset(), frozenset(), frozenset())).artifacts
    listed = [
        (number, item) for number, entry in enumerate(entries) for item in entry.capabilities if item.intents
    ]
    capabilities = [item for _, item in listed]
    owners = np.unique([number for number, _ in listed], return_inverse=True)[1]
    names = [item.name for item in capabilities]
    texts = [item.description for item in capabilities]
    intents = [item.intents[0] for item in capabilities]
    asked = [capability_text(name, text) for name, text in zip(names, texts, strict=True)]
    kept = cache / f"{hashlib.sha256(repr((names, asked, intents)).encode()).hexdigest()[:16]}.npz"
    if not kept.exists():
        embedder = ensured_embedder()
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(kept, n=embedder.embed(names), t=embedder.embed(asked), i=embedder.embed(intents))
    stored = np.load(kept)
    queries = [intent.text for intent in read_intents(intents_file)]
    return Real(owners, names, texts, intents, queries, stored["n"], stored["t"], stored["i"])


class Corpus:
    """Draws names, intents and capabilities from the real ones."""

    def __init__(self, real: Real, *, n: int, seed: int = 7) -> None:
        self.real, self.n = real, n
        self.rng = np.random.default_rng(seed)
        likeness = real.text_vectors @ real.text_vectors.T
        self.partners = np.argsort(-likeness, axis=1)[:, 1 : PARTNERS + 1]
        # Some artifacts have thousands that are like them, most have few.
        weights = 1 / (1 + self.rng.permutation(real.owners.max() + 1))
        self.shares = weights / weights.sum()
        self.of_owner = [np.flatnonzero(real.owners == owner) for owner in range(len(weights))]
        self.names = self._pool(real.names, real.name_vectors, n * NAMES_PER_THOUSAND // 1_000)
        self.intents = self._pool(real.intents, real.intent_vectors, n * INTENTS_PER_THOUSAND // 1_000)

    def batches(self, size: int = 20_000) -> Iterator[Batch]:
        """Draw all capabilities, some at a time."""
        by_name, by_intent = _by_parent(self.names), _by_parent(self.intents)
        words = [text.split() for text in self.real.texts]
        for start in range(0, self.n, size):
            n = min(size, self.n - start)
            first, second, share = self._parents(n)
            rare = self.rng.zipf(1.3, size=(n, 3)) % N_RARE_WORDS
            halves = [(words[a], words[b]) for a, b in zip(first, second, strict=True)]
            yield Batch(
                descriptions=[
                    " ".join(
                        [*one[: len(one) // 2], *other[len(other) // 2 :], *(f"zq{word:x}" for word in row)]
                    )
                    for (one, other), row in zip(halves, rare, strict=True)
                ],
                vectors=self._mixed(self.real.text_vectors, first, second, share),
                names=self._drawn(by_name, self.names.same[first]),
                intents=self._drawn(by_intent, self.intents.same[first]),
            )

    def _parents(self, n: int) -> tuple[Ids, Ids, NDArray[np.float64]]:
        """Draw the real capabilities that ``n`` are made from, those of an artifact in a row, and their shares."""
        n_artifacts = -(-n // PER_ARTIFACT)
        owners = np.repeat(self.rng.choice(len(self.shares), size=n_artifacts, p=self.shares), PER_ARTIFACT)[
            :n
        ]
        places = self.rng.random(n)
        first = np.array(
            [self.of_owner[o][int(x * len(self.of_owner[o]))] for o, x in zip(owners, places, strict=True)],
            np.int64,
        )
        is_any = self.rng.random(n) < OF_ANY
        first[is_any] = self.rng.integers(len(self.real.texts), size=int(is_any.sum()))
        second = self.partners[first, self.rng.integers(PARTNERS, size=n)]
        return first, second, self.rng.beta(2, 1, size=n)

    def _mixed(self, vectors: Vectors, first: Ids, second: Ids, share: NDArray[np.float64]) -> Vectors:
        mixed = vectors[first] * share[:, None] + vectors[second] * (1 - share[:, None])
        mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
        noise = self.rng.standard_normal((len(mixed), len(self._axes)), dtype=np.float32)
        # The noise, too, lies where real texts lie: along the differences of real ones.
        noise = noise @ self._axes
        mixed += NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
        unit: Vectors = (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)
        return unit

    @cached_property
    def _axes(self) -> Vectors:
        centred = self.real.text_vectors - self.real.text_vectors.mean(axis=0)
        _, lengths, axes = np.linalg.svd(centred, full_matrices=False)
        scaled: Vectors = (lengths[:, None] * axes).astype(np.float32)
        return scaled

    def _pool(self, texts: list[str], vectors: Vectors, n: int) -> Pool:
        """Draw different texts; the first of each parent is its own."""
        # Real capabilities that say the same share what was made from it.
        own, same = np.unique(texts, return_index=True, return_inverse=True)[1:]
        n_made = max(n - len(own), 0)
        first, second, share = self._parents(n_made)
        made = [f"{texts[parent][:LONGEST]} {number:x}" for number, parent in enumerate(first)]
        mixed = self._mixed(vectors, first, second, share)
        return Pool(
            [*(texts[parent] for parent in own), *made],
            np.vstack([vectors[own], mixed]),
            np.concatenate([own, own[same[first]]]),
            own[same],
        )

    def _drawn(self, by_parent: list[Ids], parents: Ids) -> Ids:
        places = self.rng.random(len(parents))
        return np.array(
            [by_parent[a][int(place * len(by_parent[a]))] for a, place in zip(parents, places, strict=True)]
        )


def _by_parent(pool: Pool) -> list[Ids]:
    order = np.argsort(pool.parents, kind="stable")
    bounds = np.searchsorted(pool.parents[order], np.arange(pool.parents.max() + 2))
    return [order[bounds[i] : bounds[i + 1]] for i in range(len(bounds) - 1)]

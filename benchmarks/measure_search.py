"""What ``benchmarks.search`` measures, once Django knows its database."""

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from unittest.mock import patch

import numpy as np
import psycopg
from django.conf import settings
from django.test import override_settings

from benchmarks.corpus import Corpus, Vectors, real_texts
from benchmarks.fill_search import FILTERS, fill
from catalog.models import Artifact, Capability
from matchgraph.embedders.configured import ensured_embedder
from matchgraph.embedders.protocol import embedded_query
from matchgraph.models import Generation
from matchgraph.search import legs as words_leg
from matchgraph.search import nearest as nearest_leg
from matchgraph.search.legs import by_words
from matchgraph.search.nearest import N_CAPABILITIES, nearest
from matchgraph.search.run import answered, search
from matchgraph.search.scope import Scope, scope_of
from matchgraph.services.lexicon import sync_names, sync_postings
from matchgraph.services.search_log import search_log
from matchgraph.services.vector_indexes import LOOKED_AT, NEIGHBOURS, index_generation
from matchgraph.services.vectors import generation_for

Item = TypeVar("Item")
Result = TypeVar("Result")
N_QUERIES, N_EXACT, FIRST = 200, 25, 10
EVERY_POSTING = 10**8
LICENCES = {"10 %": "MIT", "1 %": "GPL-3.0", "0.1 %": "AGPL-3.0"}


@dataclass(frozen=True)
class Times:
    """Milliseconds of some repeats."""

    values: Sequence[float]

    def __str__(self) -> str:
        middle, late = np.percentile(self.values, [50, 99])
        return f"p50 {middle:7.1f} ms  p99 {late:7.1f} ms"


def timed(items: Sequence[Item], ask: Callable[[Item], Result]) -> tuple[Times, list[Result]]:
    """Ask for each item, after once for the first ten, which fills caches."""
    for item in items[:10]:
        ask(item)
    taken, results = [], []
    for item in items:
        began = time.perf_counter()
        results.append(ask(item))
        taken.append((time.perf_counter() - began) * 1_000)
    return Times(taken), results


def corpus_of(n: int) -> Corpus:
    """Return the made-up capabilities; the real texts are embedded once and kept."""
    folder = settings.BASE_DIR / ".data" / "bench-texts"
    return Corpus(real_texts(settings.CATALOGUE_DIR, settings.BASE_DIR / "data" / "search", folder), n=n)


def prepared(url: str, corpus: Corpus, *, has_words: bool) -> Generation:
    """Fill the database and index it, so far as that is not done yet."""
    generation = generation_for(ensured_embedder())
    if not Capability.objects.exists():
        with psycopg.connect(url, autocommit=True) as database:
            for done in fill(database, corpus, generation_id=generation.pk):
                print(f"\r{done:,} of {corpus.n:,}", end="", flush=True)
    began = time.perf_counter()
    index_generation(generation)
    print(f"\nvectors indexed in {time.perf_counter() - began:.0f} s", flush=True)
    Generation.objects.filter(pk=generation.pk).update(is_current=True)
    if has_words:
        began = time.perf_counter()
        n = sync_postings() + sync_names()
        print(f"{n:,} texts and names indexed in {time.perf_counter() - began:.0f} s", flush=True)
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("VACUUM ANALYZE")
    return generation


def measure_vectors(corpus: Corpus) -> None:
    """Compare the leg that goes by meaning with a look at every vector, for each share that a filter leaves."""
    generation = Generation.objects.get(is_current=True)
    vectors = _queries(corpus)
    for share in ("100 %", *LICENCES):
        scope = _scope(share)
        exists = (
            corpus.n
            if scope is None
            else Capability.objects.filter(artifact__licence_id=LICENCES[share]).count()
        )
        times, found = timed(vectors, partial(nearest, generation, scope=scope))
        recalls = []
        for vector, hits in zip(vectors[:N_EXACT], found, strict=False):
            exact = [hit.cosine for hit in nearest(generation, vector, scope=scope, is_exact=True).values()][
                :FIRST
            ]
            recalls.append(
                sum(hit.cosine >= exact[-1] - 1e-6 for hit in list(hits.values())[:FIRST]) / len(exact)
            )
        short = sum(len(hits) < min(N_CAPABILITIES, exists) for hits in found)
        print(
            f"by meaning, {share:>6} of artifacts: {times}  recall@10 {np.mean(recalls):.3f}  too few rows {short}",
            flush=True,
        )


def _queries(corpus: Corpus) -> list[Vectors]:
    embedder = ensured_embedder()
    return [embedded_query(embedder, text) for text in corpus.real.queries[:N_QUERIES]]


def _scope(share: str) -> Scope | None:
    if share not in LICENCES:
        return None
    return scope_of(Artifact.objects.filter(licence_id=LICENCES[share]))


def measure_faiss(corpus: Corpus) -> None:
    """Build FAISS's graph over the same texts' vectors in this process, and ask it the same."""
    import faiss  # noqa: PLC0415 - for benchmarks alone

    faiss.omp_set_num_threads(1)
    vectors = np.vstack([batch.vectors for batch in Corpus(corpus.real, n=corpus.n).batches()])
    index = faiss.IndexHNSWFlat(vectors.shape[1], NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = LOOKED_AT
    began = time.perf_counter()
    index.add(vectors)
    built_s = time.perf_counter() - began
    queries = _queries(corpus)
    exact = [np.sort(vectors @ query)[-FIRST] for query in queries[:N_EXACT]]
    for width in (200, 400):
        index.hnsw.efSearch = width
        times, found = timed(queries, lambda query: index.search(query[None], N_CAPABILITIES)[1][0])
        recall = np.mean(
            [
                np.mean(vectors[hits[:FIRST]] @ query >= worst - 1e-5)
                for query, hits, worst in zip(queries, found, exact, strict=False)
            ]
        )
        print(
            f"FAISS HNSW, ef {width}, built in {built_s:.0f} s: {times}  recall@10 {recall:.3f}", flush=True
        )


def measure_bm25s(corpus: Corpus) -> None:
    """Index the same texts with bm25s in this process, and ask it the same."""
    import bm25s  # noqa: PLC0415 - for benchmarks alone

    texts = [text for batch in Corpus(corpus.real, n=corpus.n).batches() for text in batch.descriptions]
    began = time.perf_counter()
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    built_s = time.perf_counter() - began

    def ask(text: str) -> object:
        tokens = bm25s.tokenize([text], show_progress=False)
        return index.retrieve(tokens, k=N_CAPABILITIES, show_progress=False)

    times, _ = timed(corpus.real.queries[:N_QUERIES], ask)
    print(f"bm25s, built in {built_s:.0f} s: {times}", flush=True)


def measure_searches(corpus: Corpus) -> None:
    """Search as a visitor does, and write it down as the site does: beside the request."""
    queries = corpus.real.queries[:N_QUERIES]
    times, _ = timed(queries, lambda text: by_words(text, scope=None))
    print(f"by words: {times}", flush=True)
    for share in ("100 %", *FILTERS):
        asked = [f"{text} {FILTERS[share]}" if share in FILTERS else text for text in queries]
        with override_settings(SEARCH_LOG_IN_REQUEST=False):
            times, pages = timed(asked, lambda text: search(text, visitor="benchmark"))
            search_log.flush(timeout_s=30)
        fewest = min(len(page.results) for page in pages)
        agreement = np.mean([_agreement(text) for text in asked[:N_EXACT]])
        print(
            f"search, {share:>6} of artifacts: {times}  of the ten best that a look at everything finds"
            f" {agreement:.3f}  fewest results {fewest}",
            flush=True,
        )
    print(f"memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")


def _agreement(text: str) -> float:
    """Return which share of the ten best results a search finds that looks at every vector and posting."""
    found = answered(text, limit=FIRST).results
    with (
        patch.object(nearest_leg, "nearest", partial(nearest, is_exact=True)),
        patch.object(words_leg, "MOST_POSTINGS", EVERY_POSTING),
    ):
        exact = answered(text, limit=FIRST).results
    if not exact:
        return 1.0
    return sum(result.score >= exact[-1].score - 1e-6 for result in found) / len(exact)

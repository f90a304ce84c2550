"""What ``benchmarks.overlap`` measures, once Django knows its database."""

import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from django.db.models import Q

from matchgraph.models import CapabilityEmbedding, Generation, Overlap
from matchgraph.neighbours import nearest_sets
from matchgraph.services.overlaps import sync_overlaps
from matchgraph.services.stored_vectors import stored_vectors

N_TRUE, N_CHANGED, FIRST = 30, 101, 10


def measure_build(generation: Generation) -> None:
    """Find everyone's neighbours from nothing."""
    began, worked = time.perf_counter(), time.process_time()
    report = sync_overlaps(generation)
    peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"everyone's neighbours: {time.perf_counter() - began:.0f} s, of processor"
        f" {time.process_time() - worked:.0f} s, {report.computed:,} pairs, peak {peak_gib:.1f} GiB",
        flush=True,
    )


def measure_recall(generation: Generation) -> None:
    """Compare a sample with all others by brute force."""
    with tempfile.TemporaryDirectory() as folder:
        stored = stored_vectors(generation, folder=Path(folder))
        everyone = np.arange(len(stored.artifact_ids))
        found, shares = 0, []
        for row in np.random.default_rng(1).choice(everyone, N_TRUE, replace=False):
            own = np.arange(stored.bounds[row], stored.bounds[row + 1])
            similarities = stored.similarities(own, np.arange(stored.bounds[-1]))
            similarities[:, own] = -1
            truth = nearest_sets(similarities, stored.bounds[:-1], n=FIRST)
            pk = int(stored.artifact_ids[row])
            scores = sorted(
                Overlap.objects.filter(Q(first=pk) | Q(second=pk)).values_list("score", flat=True),
                reverse=True,
            )
            worst = truth[-1].alignment.score - 1e-6 if truth else 0.0
            shares.append(sum(score >= worst for score in scores[:FIRST]) / max(len(truth), 1))
            found += len(truth)
    print(
        f"of the true ten nearest of {N_TRUE} artifacts {np.mean(shares):.3f} are kept ({found} in all)",
        flush=True,
    )


def measure_changes(generation: Generation) -> None:
    """Change one artifact and then many: what a look for changes takes, and what each changed one adds."""
    artifacts = CapabilityEmbedding.objects.filter(generation=generation).values_list("artifact", flat=True)
    ids = np.random.default_rng(2).choice(np.unique(list(artifacts)), N_CHANGED + 1, replace=False).tolist()
    one_s, many_s = _changed(generation, ids[:1]), _changed(generation, ids[1:])
    each_ms = (many_s - one_s) / (N_CHANGED - 1) * 1_000
    print(
        f"one changed artifact {one_s:.1f} s, {N_CHANGED} of them {many_s:.1f} s: {each_ms:.0f} ms for each"
    )


def _changed(generation: Generation, artifact_ids: list[int]) -> float:
    """Take a capability from each of some artifacts, and return the seconds until the overlaps are right again."""
    for pk in artifact_ids:
        rows = CapabilityEmbedding.objects.filter(generation=generation, artifact=pk)
        rows.filter(pk=rows.order_by("pk").values_list("pk", flat=True)[0]).delete()
    began = time.perf_counter()
    sync_overlaps(generation)
    return time.perf_counter() - began

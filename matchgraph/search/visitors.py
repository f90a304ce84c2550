"""What searches would be like after visitors: simulated ones, who take what answers them and look at the top.

For measuring alone. A visitor looks at place k with chance 1/k and takes what they look at with a chance that
depends on how well it answers; what they did is learnt as on the site, with one visit each.
"""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from matchgraph.learning.examination import prior_examination
from matchgraph.learning.success import USUAL_SUCCESS, smoothed
from matchgraph.search.records import SearchResult
from matchgraph.selectors import MatchEvidence

N_VISITORS = 50
# Nobody looks further in one visit.
DEEPEST = 10
# The chance that somebody who looks at an answer of each grade takes it.
TAKES = {0: 0.05, 1: 0.2, 2: 0.4, 3: 0.6}


def after_visitors(
    text: str, shown: Sequence[SearchResult], grades: Mapping[str, int]
) -> dict[int, MatchEvidence]:
    """Return what simulated visitors' choices say of the first results of one search, by artifact.

    Args:
        text: the search; the same text has the same visitors.
        shown: the results in the order in which they are shown.
        grades: how well an artifact answers, by slug.
    """
    random = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))
    first = list(shown[:DEEPEST])
    if not first:
        return {}
    looks = prior_examination(len(first))
    chances = np.array([TAKES[grades.get(result.slug, 0)] for result in first])
    is_taken = random.random((N_VISITORS, len(first))) < looks * chances
    taken = is_taken.sum(axis=0).astype(np.float64)
    success = smoothed(taken, N_VISITORS * looks, prior=np.full(len(first), USUAL_SUCCESS))
    return {
        result.artifact_id: MatchEvidence(
            times_matched=int(taken[place]),
            impressions=N_VISITORS,
            since=None,
            success=float(success.mean[place]),
        )
        for place, result in enumerate(first)
    }

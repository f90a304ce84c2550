"""``python -m benchmarks.preference [N]``: Bradley-Terry on a million votes, beside evalica in the same run.

Both get integer ids of 100 models. Ours returns intervals too; evalica returns the strengths alone.
"""

import resource
import sys
import time
from collections.abc import Callable

import evalica
import numpy as np

from ranking.compute.bradley_terry import strengths

N_MODELS = 100
REPEATS = 3


def timed(action: Callable[[], object]) -> float:
    """Return the best of some runs, in seconds."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    """Draw votes, fit both ways, and print times and the largest difference."""
    n_votes = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    random = np.random.default_rng(1)
    truth = random.normal(size=N_MODELS)
    left = random.integers(0, N_MODELS, n_votes)
    right = (left + random.integers(1, N_MODELS, n_votes)) % N_MODELS
    is_win = random.random(n_votes) < 1 / (1 + np.exp(truth[right] - truth[left]))
    outcome = np.where(random.random(n_votes) < 0.2, 0.5, is_win.astype(float))

    lefts, rights = left.tolist(), right.tolist()
    winners = [
        evalica.Winner.Draw if v == 0.5 else evalica.Winner.X if v else evalica.Winner.Y for v in outcome
    ]

    def theirs() -> evalica.BradleyTerryResult:
        return evalica.bradley_terry(lefts, rights, winners, tie_weight=0.5, tolerance=1e-10, limit=10_000)

    own = strengths(left, right, outcome, n=N_MODELS).values
    scores = theirs().scores
    logs = np.log(np.array([scores[index] for index in range(N_MODELS)]))
    difference = np.abs(own - (logs - logs.mean())).max()
    own_s, their_s = timed(lambda: strengths(left, right, outcome, n=N_MODELS)), timed(theirs)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{n_votes:,} votes on {N_MODELS} models: ours with intervals {own_s:.2f} s, evalica {their_s:.2f} s"
    )
    print(f"largest difference of log-strengths {difference:.1e}; {peak_mb:,.0f} MB at most")


if __name__ == "__main__":
    main()

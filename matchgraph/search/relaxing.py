"""What would have to give where nothing fits: each constraint dropped in turn."""

from collections.abc import Callable, Iterator, Sequence

from matchgraph.search.answer import Scored
from matchgraph.search.blend import FAIR_FIT
from matchgraph.search.records import ConstraintKind, ParsedQuery, Relaxation

# Dropped, these leave another question rather than a wider one.
KEPT = (ConstraintKind.LIKE, ConstraintKind.CHEAPEST, ConstraintKind.VOLUME)
Ranking = Callable[[ParsedQuery], Sequence[Scored]]


def relaxations(parsed: ParsedQuery, ranked: Ranking) -> Iterator[Relaxation]:
    """Return the constraints without which something fits, with how many do and the best of them."""
    for constraint in parsed.constraints:
        if constraint.kind in KEPT:
            continue
        fitting = [item for item in ranked(parsed.without(constraint)) if item.relevance >= FAIR_FIT]
        if fitting:
            best = fitting[0].candidate
            yield Relaxation(constraint, len(fitting), best.slug, best.name)

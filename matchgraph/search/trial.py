"""How well search answers graded intents, beside each of its two retrievers alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from catalog.models import Artifact
from evaluation.differences import PairedDifference, paired_differences
from evaluation.statistics import Interval, mean_interval
from matchgraph.measures import ndcg, recall, reciprocal_rank, success
from matchgraph.search.blend import PUBLISHED, Weights
from matchgraph.search.graded import GradedIntent
from matchgraph.search.retrieval import found_capabilities
from matchgraph.search.run import answered
from matchgraph.search.visitors import after_visitors

N_RESULTS = 20
# Enough to find twenty that were judged among those that were not.
N_CANDIDATES = 1000
MEASURES = {"nDCG@10": ndcg, "recall@10": recall, "MRR": reciprocal_rank, "success@1": success}

Ranker = Callable[[GradedIntent], Sequence[str]]


def _alone(weights: Weights) -> Ranker:
    """Return one retriever by itself: artifacts in the order of their best capability for the whole query."""

    def rank(intent: GradedIntent) -> list[str]:
        found = found_capabilities(intent.text, scope=None, weights=weights)
        order = sorted(found, key=lambda pk: (-found[pk][0].relevance, pk))
        slugs = dict(Artifact.objects.real().filter(pk__in=order).values_list("pk", "slug"))
        return [slugs[pk] for pk in order if pk in slugs]

    return rank


def _whole(weights: Weights) -> Ranker:
    """Return search as the site does it, under some weights."""
    return lambda intent: [
        result.slug for result in answered(intent.text, limit=N_CANDIDATES, weights=weights).results
    ]


def _after_visitors(intent: GradedIntent) -> list[str]:
    """Return search as the site does it once simulated visitors have been there."""
    before = answered(intent.text, limit=N_CANDIDATES, weights=WITHOUT_FEEDBACK).results
    taken = after_visitors(intent.text, before, intent.answers)
    return [result.slug for result in answered(intent.text, limit=N_CANDIDATES, taken=taken).results]


ONLY_WORDS, ONLY_MEANING = {"meaning": 0.0, "words": 1.0}, {"meaning": 1.0, "words": 0.0}
HYBRID = "hybrid"
WITHOUT_FEEDBACK = replace(PUBLISHED, evidence=0.0)
SINGLE = ("full text only", "vectors only")
# The two retrievers alone, search without visitors and after fifty simulated ones, and search with one retriever
# taken out, everything else (constraints, names, rank) left in.
METHODS: dict[str, Ranker] = {
    SINGLE[0]: _alone(replace(PUBLISHED, **ONLY_WORDS)),
    SINGLE[1]: _alone(replace(PUBLISHED, **ONLY_MEANING)),
    HYBRID: _whole(WITHOUT_FEEDBACK),
    "hybrid with feedback": _after_visitors,
    "hybrid less vectors": _whole(replace(PUBLISHED, evidence=0.0, **ONLY_WORDS)),
    "hybrid less full text": _whole(replace(PUBLISHED, evidence=0.0, **ONLY_MEANING)),
}


@dataclass(frozen=True)
class MethodScore:
    """One method on some intents: each measure's values, in the order of the intents."""

    method: str
    intents: tuple[GradedIntent, ...]
    values: Mapping[str, tuple[float, ...]]

    @property
    def families(self) -> tuple[str, ...]:
        """Return the family of each intent; wordings of one need are resampled together."""
        return tuple(intent.family for intent in self.intents)

    def interval(self, measure: str) -> Interval:
        """Return the mean of a measure with its interval."""
        return mean_interval(self.values[measure], self.families)

    def of_type(self, kind: str) -> "MethodScore":
        """Return the part of the score that comes from intents of one type."""
        places = [place for place, intent in enumerate(self.intents) if intent.type == kind]
        return MethodScore(
            self.method,
            tuple(self.intents[place] for place in places),
            {name: tuple(values[place] for place in places) for name, values in self.values.items()},
        )


def above(score: MethodScore, others: Sequence[MethodScore], measure: str) -> list[PairedDifference]:
    """Return by how much a measure is better than that of other methods on the same intents (Holm)."""
    return paired_differences(
        [(score.values[measure], other.values[measure], score.families) for other in others]
    )


def evaluate_method(method: str, intents: Sequence[GradedIntent], *, pool: frozenset[str]) -> MethodScore:
    """Return how well a method orders the answers of the intents that have some.

    Artifacts outside ``pool`` were never judged and are taken out of the ranking first: counted as wrong
    they would punish a search for finding what came into the catalogue after the grading ("condensed
    lists", Sakai, SIGIR 2007).
    """
    asked = tuple(intent for intent in intents if intent.answers)
    rank = METHODS[method]
    rankings = [[slug for slug in rank(intent) if slug in pool][:N_RESULTS] for intent in asked]
    return MethodScore(
        method,
        asked,
        {
            name: tuple(
                measure(ranking, intent.answers) for ranking, intent in zip(rankings, asked, strict=True)
            )
            for name, measure in MEASURES.items()
        },
    )


@dataclass(frozen=True)
class WeakReport:
    """How often "nothing fits well" was said: of intents without answers, and of those with some."""

    said_rightly: int
    n_without_answers: int
    said_wrongly: int
    n_with_answers: int


def evaluate_weakness(intents: Sequence[GradedIntent]) -> WeakReport:
    """Return whether "nothing fits well" is said where it is true, and only there."""
    said = {intent.text: answered(intent.text, limit=1).is_weak for intent in intents}
    without = [intent.text for intent in intents if not intent.answers]
    having = [intent.text for intent in intents if intent.answers]
    return WeakReport(
        sum(said[text] for text in without), len(without), sum(said[text] for text in having), len(having)
    )

"""How well search answers a set of intents with graded answers, and each of its legs alone."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings

from evaluation.differences import PairedDifference, paired_difference
from evaluation.statistics import Interval, mean_interval
from matchgraph.measures import ndcg, recall, reciprocal_rank, success
from matchgraph.search.blend import PUBLISHED, Weights
from matchgraph.search.run import answered

N_RESULTS = 20
# Enough to find twenty that were judged among those that were not.
N_CANDIDATES = 1000
METHODS: dict[str, Weights] = {
    "words": replace(PUBLISHED, meaning=0.0, words=1.0),
    "meaning": replace(PUBLISHED, meaning=1.0, words=0.0),
    "hybrid": PUBLISHED,
}
MEASURES = {"nDCG@10": ndcg, "recall@10": recall, "MRR": reciprocal_rank, "success@1": success}


class Half(StrEnum):
    """Weights are tuned on one half of the intents and reported on the other."""

    TUNING = "tuning"
    TEST = "test"


@dataclass(frozen=True)
class GradedIntent:
    """A search as people write it; ``answers`` grades artifacts 1-3 and is empty where nothing fits."""

    text: str
    type: str
    answers: Mapping[str, int] = field(default_factory=dict)

    @property
    def half(self) -> Half:
        """Return the half that the intent belongs to, by the hash of its text."""
        first_byte = hashlib.sha256(self.text.encode()).digest()[0]
        return Half.TEST if first_byte % 2 else Half.TUNING


@dataclass(frozen=True)
class MethodScore:
    """One method on some intents: each measure's values, in the order of the intents."""

    method: str
    texts: tuple[str, ...]
    values: Mapping[str, tuple[float, ...]]

    def interval(self, measure: str) -> Interval:
        """Return the mean of a measure with its interval."""
        return mean_interval(self.values[measure], self.texts)

    def above(self, other: "MethodScore", measure: str) -> PairedDifference:
        """Return by how much a measure is better than that of another method on the same intents."""
        return paired_difference(self.values[measure], other.values[measure], self.texts)


@dataclass(frozen=True)
class WeakReport:
    """How often "nothing fits well" was said: of intents without answers, and of those with some."""

    said_rightly: int
    n_without_answers: int
    said_wrongly: int
    n_with_answers: int


def read_intents(path: Path) -> list[GradedIntent]:
    """Return the graded intents of a YAML file."""
    return [GradedIntent(**row) for row in yaml.safe_load(path.read_text())]


@lru_cache(maxsize=1)
def tuning_intents() -> tuple[GradedIntent, ...]:
    """Return the half that things are tuned and judged by; the other half is for reports alone."""
    intents = read_intents(settings.BASE_DIR / "data" / "search" / "intents.yaml")
    return tuple(intent for intent in intents if intent.half == Half.TUNING)


def read_pool(path: Path) -> frozenset[str]:
    """Return the artifacts that were looked at when the intents were graded, one slug a line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def evaluate_method(method: str, intents: Sequence[GradedIntent], *, pool: frozenset[str]) -> MethodScore:
    """Return how well a method orders the answers of the intents that have some.

    Artifacts outside ``pool`` were never judged and are taken out of the ranking first: counted as wrong
    they would punish a search for finding what came into the catalogue after the grading ("condensed
    lists", Sakai, SIGIR 2007).
    """
    asked = [intent for intent in intents if intent.answers]
    rankings = [_ranking(intent.text, METHODS[method], pool) for intent in asked]
    return MethodScore(
        method,
        tuple(intent.text for intent in asked),
        {
            name: tuple(
                measure(ranking, intent.answers) for ranking, intent in zip(rankings, asked, strict=True)
            )
            for name, measure in MEASURES.items()
        },
    )


def _ranking(text: str, weights: Weights, pool: frozenset[str]) -> list[str]:
    found = answered(text, limit=N_CANDIDATES, weights=weights).results
    return [result.slug for result in found if result.slug in pool][:N_RESULTS]


def evaluate_weakness(intents: Sequence[GradedIntent]) -> WeakReport:
    """Return whether "nothing fits well" is said where it is true, and only there."""
    said = {intent.text: answered(intent.text, limit=1).is_weak for intent in intents}
    without = [intent.text for intent in intents if not intent.answers]
    having = [intent.text for intent in intents if intent.answers]
    return WeakReport(
        sum(said[text] for text in without), len(without), sum(said[text] for text in having), len(having)
    )

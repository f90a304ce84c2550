"""The methodology's figures worked through on what the site holds now: one rank, one score, one price."""

import math
from dataclasses import dataclass

from django.db.models import F
from django.urls import reverse

from catalog.costs import StartingPrice
from catalog.models import Artifact
from catalog.selectors.prices import starting_prices
from catalog.vocabulary import Kind
from evaluation.models import Score
from evaluation.selectors.scores import SuiteScore, suite_score, whole_suite
from ranking.models import RankEntry
from ranking.selectors import EntryView, rank_entries

# Among so many of the highest ranked models the first with a price is shown.
LOOKED_AT = 30
Z_90 = 1.645


@dataclass(frozen=True)
class Named:
    """An artifact's name and address."""

    name: str
    path: str


@dataclass(frozen=True)
class WorkedRank:
    """The highest ranked model's sum and the width of its interval, both as they were computed."""

    artifact: Named
    entry: EntryView

    @property
    def addends(self) -> str:
        """Return the components' points as a sum."""
        return " + ".join(f"{component.points:.3f}" for component in self.entry.components)

    @property
    def deviation(self) -> float:
        """Return the score's standard deviation in points: components are taken as independent."""
        return math.hypot(*(component.sd * component.weight for component in self.entry.components))

    @property
    def half_width(self) -> float:
        """Return half the width of the 90 % interval in points."""
        return Z_90 * self.deviation


@dataclass(frozen=True)
class WorkedScore:
    """A suite's headline score, and one of the pictures that it is the mean of."""

    artifact: Named
    score: SuiteScore
    run_path: str
    prompt: str
    value: float
    reason: str
    sample_path: str


@dataclass(frozen=True)
class WorkedPrice:
    """A price as it is listed, and as it is shown."""

    artifact: Named
    price: StartingPrice


@dataclass(frozen=True)
class WorkedExamples:
    """What there is to work through; None where nothing is ranked, measured or priced yet."""

    rank: WorkedRank | None
    score: WorkedScore | None
    price: WorkedPrice | None


def worked_examples() -> WorkedExamples:
    """Return the examples. Five queries at most."""
    ids = list(
        RankEntry.objects.current()
        .filter(kind=Kind.MODEL.value, is_demonstration=False, artifact__isnull=False)
        .order_by("-score", "slug")
        .values_list("artifact", flat=True)[:LOOKED_AT]
    )
    named = {
        pk: Named(artifact.name, _path(artifact)) for pk, artifact in Artifact.objects.in_bulk(ids).items()
    }
    return WorkedExamples(rank=_rank(ids, named), score=_score(), price=_price(ids, named))


def _rank(ids: list[int], named: dict[int, Named]) -> WorkedRank | None:
    entries = rank_entries(ids[:1])
    return next((WorkedRank(named[pk], entry) for pk, entry in entries.items() if pk in named), None)


def _price(ids: list[int], named: dict[int, Named]) -> WorkedPrice | None:
    """Return the first price that is not listed in the words in which it is shown."""
    prices = starting_prices(ids)
    found = (WorkedPrice(named[pk], prices[pk]) for pk in ids if pk in prices and pk in named)
    return next((worked for worked in found if worked.price.details), None)


def _score() -> WorkedScore | None:
    """Return the headline score with the narrowest interval, and the first of its pictures that is not perfect."""
    rows = [row for row in whole_suite().filter(metric=F("run__suite__headline_metric")) if row.ci_high]
    if not rows:
        return None
    row = min(rows, key=lambda each: ((each.ci_high or 0.0) - (each.ci_low or 0.0), each.run_id))
    sample = (
        Score.objects.filter(
            sample__run=row.run_id,
            metric=row.metric,
            scorer=row.scorer,
            scorer_version=row.scorer_version,
            value__isnull=False,
        )
        .select_related("sample__prompt")
        .order_by("value", "sample__prompt__position", "sample__k")
        .first()
    )
    if sample is None or sample.value is None:
        return None
    artifact = row.run.recipe.artifact
    return WorkedScore(
        artifact=Named(artifact.name, _path(artifact)),
        score=suite_score(row),
        run_path=reverse("run", args=[row.run_id]),
        prompt=sample.sample.prompt.text,
        value=sample.value,
        reason=sample.reason,
        sample_path=reverse("sample", args=[row.run_id, sample.sample_id]),
    )


def _path(artifact: Artifact) -> str:
    return reverse("artifact", args=[artifact.slug])

"""How the scorers did when they were last measured themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from evaluation.measures import measure_of
from evaluation.models import ScorerReport
from evaluation.scorers.registry import SCORERS

# As ``evaluation.sanity.base.Gate`` prints a bound; what is published alone has none.
HAS_GATE: Final = "^[<>]="
TIER_LABELS: Final = {"offline": "demonstration tier", "full": "full tier"}


@dataclass(frozen=True)
class ScorerStanding:
    """What one version of a scorer measured in one tier, the version measured last."""

    scorer: str
    scorer_version: str
    tier: str
    reports: tuple[ScorerReport, ...]

    @property
    def tier_label(self) -> str:
        """Return what the tier is called."""
        return TIER_LABELS.get(self.tier, self.tier)

    @property
    def n_missed(self) -> int:
        """How many gates it did not pass."""
        return sum(not report.passed for report in self.reports)

    @property
    def measured_at(self) -> datetime:
        """When it was measured last."""
        return max(report.measured_at for report in self.reports)


def scorer_standings() -> list[ScorerStanding]:
    """Return the version measured last of every scorer and tier, with its measurements. One query."""
    rows = ScorerReport.objects.order_by("scorer", "tier", "scorer_version", "sanity_suite", "measure")
    versions = groupby(rows, key=lambda row: (row.scorer, row.tier, row.scorer_version))
    latest: dict[tuple[str, str], ScorerStanding] = {}
    for (scorer, tier, version), reports in versions:
        standing = ScorerStanding(scorer, version, tier, tuple(reports))
        known = latest.get((scorer, tier))
        if known is None or standing.measured_at > known.measured_at:
            latest[scorer, tier] = standing
    return list(latest.values())


def unmeasured_scorers(standings: Iterable[ScorerStanding]) -> list[str]:
    """Return the scorers whose present version has never been measured on this site."""
    measured = {(standing.scorer, standing.scorer_version) for standing in standings}
    return sorted(name for name in SCORERS if (name, measure_of(name).version) not in measured)


def is_unproven() -> ExpressionWrapper[Q]:
    """Whether the scorer version of an aggregate or score has failed a gate or passed none: it does not count."""
    own = ScorerReport.objects.filter(scorer=OuterRef("scorer"), scorer_version=OuterRef("scorer_version"))
    has_failed = Exists(own.filter(passed=False))
    has_passed = Exists(own.filter(passed=True, gate__regex=HAS_GATE))
    return ExpressionWrapper(Q(has_failed) | ~Q(has_passed), output_field=BooleanField())

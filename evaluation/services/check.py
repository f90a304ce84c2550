"""Runs the sanity suites and stores what they measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from evaluation.measures import measure_of
from evaluation.models import ScorerReport
from evaluation.sanity.adherence import check_adherence, check_judged
from evaluation.sanity.anatomy import check_anatomy
from evaluation.sanity.base import Check, SanitySuite
from evaluation.sanity.intervals import check_intervals
from evaluation.sanity.text import check_text
from evaluation.scorers.registry import SCORERS

SANITY_SUITES: Final[dict[str, SanitySuite]] = {
    "text": check_text,
    "adherence": check_adherence,
    "adherence-judged": check_judged,
    "anatomy": check_anatomy,
    "statistics": check_intervals,
}
OFFLINE, FULL = "offline", "full"
# How many times the pictures of the offline tier each tier takes.
TIERS: Final[dict[str, int]] = {OFFLINE: 1, FULL: 5}


def run_checks(names: Sequence[str], *, tier: str = OFFLINE) -> Iterator[Check]:
    """Run the sanity suites of these scorers (all where none is named), storing every result on the way.

    What the same version measured before, and does not measure any more, is removed at the end of its suite.
    """
    for name in names or SANITY_SUITES:
        stored = []
        for check in SANITY_SUITES[name](scale=TIERS[tier]):
            stored.append(store_check(check, tier=tier).pk)
            yield check
        before = ScorerReport.objects.filter(scorer=name, scorer_version=version_of(name), tier=tier)
        before.exclude(pk__in=stored).delete()


def version_of(scorer: str) -> str:
    """Return the present version of a scorer with its readers; what is no scorer has one version."""
    return measure_of(scorer).version if scorer in SCORERS else "1"


def store_check(check: Check, *, tier: str) -> ScorerReport:
    """Store a measurement for the scorer's present version; measuring again replaces it."""
    report, _ = ScorerReport.objects.update_or_create(
        scorer=check.scorer,
        scorer_version=version_of(check.scorer),
        sanity_suite=check.sanity_suite,
        measure=check.measure,
        tier=tier,
        defaults={
            "value": check.value,
            "gate": str(check.gate),
            "passed": check.passed,
            "n_images": check.n_images,
        },
    )
    return report

"""The published rank of everything, and how it is made."""

from typing import Any

from pydantic import Field

from web.api.schemas.common import Out, RankOut, SnapshotOut
from web.api.schemas.evaluation import SuiteSummaryOut


class RankedArtifact(Out):
    """One artifact's rank with its explanation."""

    slug: str
    name: str
    kind: str
    is_demonstration: bool
    rank: RankOut


class RankList(Out):
    """A page of ranks. Ask with `after` set to `next` for the following one; null at the end."""

    items: list[RankedArtifact]
    next: str | None
    snapshot: SnapshotOut | None


class ScorerReportOut(Out):
    """A scorer's measured error on pictures whose answer is known."""

    scorer: str
    scorer_version: str
    sanity_suite: str
    measure: str
    value: float
    gate: str
    passed: bool
    n_images: int


class MethodologyOut(Out):
    """How every number is made."""

    formula_version: str
    formula: dict[str, Any] = Field(description="The definition in force, whole: its line is hashed.")
    snapshot: SnapshotOut | None
    suites: list[SuiteSummaryOut]
    scorer_reports: list[ScorerReportOut]

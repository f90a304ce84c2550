"""What the comparison of two shares with that of three or four."""

from dataclasses import dataclass
from typing import ClassVar

from web.pages.compare.alternatives import PER_SIDE, Alternative
from web.pages.compare.costs import CostSection
from web.pages.compare.history import HistoryChart
from web.pages.compare.scores import ReportedRow, ScoreSection, SuiteRow
from web.pages.compare.sides import ComparedArtifact
from web.pages.compare.strip import SideAnswers
from web.pages.compare.table import FeatureGroup
from web.pages.meta import Meta

CONFIDENCE_WORDS = {
    "clear": "Clear: at least 95 % likely on this data",
    "probable": "Probable: 90 to 95 % likely on this data",
    "open": "Open: under 90 % likely on this data",
}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two to four artifacts; page, twins, table file, card and shared picture are drawn from one object.

    ``template`` names what it is drawn with, as HTML and as Markdown.
    """

    template: ClassVar[str]

    meta: Meta
    sides: tuple[ComparedArtifact, ...]
    headline: str
    groups: tuple[FeatureGroup, ...]
    costs: CostSection
    strip: tuple[SideAnswers, ...]
    scores: ScoreSection
    reported: tuple[ReportedRow, ...]
    history: HistoryChart | None

    @property
    def names(self) -> str:
        """Return the artifacts' names in a row."""
        *others, last = [side.name for side in self.sides]
        return f"{', '.join(others)} and {last}"

    @property
    def suites(self) -> tuple[SuiteRow, ...]:
        """Return a row for every suite that any side ran."""
        return self.scores.rows

    @property
    def pair(self) -> str:
        """Return the slugs as addresses join them."""
        return "-vs-".join(side.artifact.slug for side in self.sides)

    @property
    def alternatives(self) -> tuple[tuple[ComparedArtifact, tuple[Alternative, ...]], ...]:
        """Return the closest artifacts to each side, without the other sides."""
        slugs = {side.card.slug for side in self.sides}
        return tuple(
            (side, tuple(item for item in side.alternatives if item.card.slug not in slugs)[:PER_SIDE])
            for side in self.sides
        )

    @property
    def kinds_note(self) -> str:
        """Return what can be compared where the sides are of unlike kinds; empty where they are alike."""
        kinds = list(dict.fromkeys(side.card.kind for side in self.sides))
        if len(kinds) == 1:
            return ""
        measured = "pictures and scores, " if sum(bool(side.scores) for side in self.sides) > 1 else ""
        named = ", ".join(f"{side.name} ({side.card.kind})" for side in self.sides)
        return (
            f"Unlike kinds: {named}. Each rank says how one stands among its own kind, not which is better. "
            f"What can be compared here: {measured}capabilities, licence, cost and openness."
        )

    @property
    def n_differences(self) -> int:
        """Return how many rows of the table differ."""
        return sum(row.is_different for group in self.groups for row in group.rows)

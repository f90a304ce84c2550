"""Comparisons of two to four artifacts."""

from collections.abc import Sequence

from pydantic import Field

from web.api.schemas.artifacts import ArtifactSummary, artifact_summary
from web.api.schemas.common import (
    IntervalOut,
    Out,
    SourceOut,
    interval_out,
    source_out,
)
from web.api.schemas.evaluation import OwnScoreOut, PictureOut, own_score_out, picture_out
from web.pages.capabilities import CapabilityNote
from web.pages.compare.capabilities import CapabilitySection
from web.pages.compare.choose import Choice
from web.pages.compare.costs import CostSection
from web.pages.compare.page import ComparePage
from web.pages.compare.several import SeveralPage
from web.pages.compare.table import FeatureGroup
from web.pages.pictures import Picture
from web.pages.scores import OwnScore


class StatementOut(Out):
    """One sentence of the verdict, and the part of the page that backs it."""

    text: str
    anchor: str


class CellOut(Out):
    """What one side answers; `text` says so where it is not known."""

    text: str
    note: str
    is_missing: bool
    interval: IntervalOut | None
    source: SourceOut | None


class FeatureOut(Out):
    """One question, answered by each side in the order of `sides`."""

    group: str
    label: str
    cells: list[CellOut]
    is_different: bool
    note: str


class ComparedSuite(Out):
    """One suite: each side's mean in the order of `sides`; null is not measured."""

    suite: str
    scores: list[OwnScoreOut | None]
    difference: str = Field(description="What the paired difference of two says; empty for more.")
    is_tie: bool | None


class ComparedPictures(Out):
    """One prompt and seed, drawn by the sides that were measured."""

    prompt: str
    suite: str
    seed: int
    pictures: list[PictureOut]


class SharedOut(Out):
    """A capability of each of two sides that do the same."""

    first: str
    second: str
    similarity: str


class AlignedOut(Out):
    """The capabilities of two artifacts, each in exactly one place."""

    overlap: str = Field(description="0-100.")
    shared: list[SharedOut]
    only_first: list[str]
    only_second: list[str]


class DifferenceOut(Out):
    """First minus second on one suite, in points; the interval's level follows from all that is shown together."""

    suite: str
    first: str
    second: str
    points: float
    low: float
    high: float
    is_tie: bool
    words: str


class MonthlyCost(Out):
    """What the usual way costs one side, in the middle quality where there are several, or why none can be computed."""

    slug: str
    text: str
    provider: str
    plan: str
    quality: str = Field(description="Empty where the source names none.")


class CostOut(Out):
    """What a month costs each side, and what is said of growing volumes."""

    images: int = Field(description="Pictures a month.")
    size: str
    sides: list[MonthlyCost]
    statements: list[str]


class ChoiceOut(Out):
    """What speaks for one of two sides."""

    slug: str
    reasons: list[StatementOut]


class CompareOut(Out):
    """Everything that a comparison's page says, from the same object."""

    path: str
    markdown_path: str
    sides: list[ArtifactSummary] = Field(description="By slug.")
    headline: str
    confidence: str = Field(
        description="That the highest is ahead of each other one: clear, probable or open."
    )
    leader: str | None = Field(description="Slug of who ranks higher than all, null where it is open.")
    statements: list[StatementOut]
    features: list[FeatureOut]
    suites: list[ComparedSuite]
    pictures: list[ComparedPictures]
    picture_rule: str
    capabilities: AlignedOut | None = Field(description="Lined up for two; null for more.")
    kinds_note: str = Field(description="What can be compared where the kinds are unlike; else empty.")
    differences: list[DifferenceOut] = Field(description="Of every two sides on every suite that both ran.")
    costs: CostOut
    choices: list[ChoiceOut] = Field(description="For two; empty for more.")
    sources: list[SourceOut]


def comparison_out(page: ComparePage | SeveralPage) -> CompareOut:
    """Return a comparison of two to four."""
    return _pair_out(page) if isinstance(page, ComparePage) else _several_out(page)


def _pair_out(page: ComparePage) -> CompareOut:
    """Return a comparison of two."""
    said = page.verdict
    sides = {"first": page.first, "second": page.second}
    return CompareOut(
        path=page.meta.path,
        markdown_path=page.meta.markdown_path,
        sides=[artifact_summary(side.card) for side in page.sides],
        headline=said.headline,
        confidence=said.confidence,
        leader=sides[said.leader].card.slug if said.leader else None,
        statements=[StatementOut(text=part.text, anchor=part.anchor) for part in said.statements],
        features=_features(page.groups),
        suites=[
            ComparedSuite(
                suite=row.suite.suite_slug,
                scores=[_score(own) for own in row.scores],
                difference=row.difference,
                is_tie=row.is_tie,
            )
            for row in page.suites
        ],
        pictures=[
            _pictures(pair.prompt, pair.suite, pair.seed, pair.pictures) for pair in page.pictures.pairs
        ],
        picture_rule=page.pictures.rule,
        capabilities=_aligned(page.capabilities),
        kinds_note=page.kinds_note,
        differences=_differences(page),
        costs=_costs(page.costs),
        choices=[_choice(choice) for choice in page.choices],
        sources=[shown for source in page.sources if (shown := source_out(source))],
    )


def _several_out(page: SeveralPage) -> CompareOut:
    """Return a comparison of three or four."""
    said = page.verdict
    cells = [cell for group in page.groups for row in group.rows for cell in row.cells]
    sources = {cell.source: None for cell in cells if cell.source}
    return CompareOut(
        path=page.meta.path,
        markdown_path=page.meta.markdown_path,
        sides=[artifact_summary(side.card) for side in page.sides],
        headline=said.headline,
        confidence=said.confidence,
        leader=next((side.card.slug for side in page.sides if side.name == said.leader), None),
        statements=[StatementOut(text=part.text, anchor=part.anchor) for part in said.statements],
        features=_features(page.groups),
        suites=[
            ComparedSuite(
                suite=row.suite.suite_slug,
                scores=[_score(own) for own in row.scores],
                difference="",
                is_tie=None,
            )
            for row in page.suites
        ],
        pictures=[_pictures(item.prompt, item.suite, item.seed, item.pictures) for item in page.sets],
        picture_rule=page.picture_rule,
        capabilities=None,
        kinds_note=page.kinds_note,
        differences=_differences(page),
        costs=_costs(page.costs),
        choices=[],
        sources=[shown for source in sources if (shown := source_out(source))],
    )


def _features(groups: Sequence[FeatureGroup]) -> list[FeatureOut]:
    return [
        FeatureOut(
            group=group.title,
            label=row.label,
            cells=[
                CellOut(
                    text=cell.text,
                    note=cell.note,
                    is_missing=cell.is_missing,
                    interval=interval_out(cell.bar, level=90),
                    source=source_out(cell.source),
                )
                for cell in row.cells
            ],
            is_different=row.is_different,
            note=row.note,
        )
        for group in groups
        for row in group.rows
    ]


def _differences(page: ComparePage | SeveralPage) -> list[DifferenceOut]:
    return [
        DifferenceOut(
            suite=row.suite.suite_slug,
            first=apart.first.card.slug,
            second=apart.second.card.slug,
            points=apart.span.value,
            low=apart.span.low,
            high=apart.span.high,
            is_tie=apart.is_tie,
            words=apart.words,
        )
        for row, apart in page.scores.differences
    ]


def _costs(section: CostSection) -> CostOut:
    return CostOut(
        images=section.asked.volume.images,
        size=section.asked.volume.size,
        sides=[
            MonthlyCost(
                slug=cost.side.card.slug,
                text=cost.usual.text if cost.usual else f"cannot be computed: {cost.reason}",
                provider=cost.usual.provider if cost.usual else "",
                plan=cost.usual.plan if cost.usual else "",
                quality=cost.usual.quality if cost.usual else "",
            )
            for cost in section.sides
        ],
        statements=list(section.statements),
    )


def _choice(choice: Choice) -> ChoiceOut:
    reasons = [StatementOut(text=reason.text, anchor=reason.anchor) for reason in choice.reasons]
    return ChoiceOut(slug=choice.side.card.slug, reasons=reasons)


def _score(own: OwnScore | None) -> OwnScoreOut | None:
    return own_score_out(own) if own else None


def _pictures(prompt: str, suite: str, seed: int, pictures: Sequence[Picture]) -> ComparedPictures:
    shown = [picture_out(picture) for picture in pictures]
    return ComparedPictures(prompt=prompt, suite=suite, seed=seed, pictures=shown)


def _aligned(section: CapabilitySection) -> AlignedOut:
    return AlignedOut(
        overlap=section.overlap,
        shared=[
            SharedOut(first=pair.first.name, second=pair.second.name, similarity=pair.similarity)
            for pair in section.shared
        ],
        only_first=_names(list(section.only_first)),
        only_second=_names(list(section.only_second)),
    )


def _names(notes: Sequence[CapabilityNote]) -> list[str]:
    return [note.name for note in notes]

"""What stands around an artifact: who said what of it and when, what does the same, who is related."""

import datetime as dt
from dataclasses import asdict

from pydantic import Field

from web.api.schemas.common import Out, SourceOut, source_out
from web.pages.alternatives import AlternativesPage
from web.pages.artifact.fact_history import HistoryPage
from web.pages.artifact.family import FamilyLine
from web.pages.artifact.history import RankHistory
from web.pages.contamination import GapLine


class StatementMade(Out):
    """What one source said, and whether the site goes by it."""

    text: str
    is_winning: bool
    source: SourceOut | None


class FieldHistoryOut(Out):
    """All statements about one field, newest first."""

    label: str
    is_disputed: bool = Field(description="Sources said different things, or one changed its mind.")
    statements: list[StatementMade]


class PriceChangeOut(Out):
    """A price at one time; `change` in per cent against the one before, empty where there is none."""

    as_of: dt.date
    text: str
    change: str
    source: str
    url: str


class PriceHistoryOut(Out):
    """One price over time, newest first."""

    title: str
    changes: list[PriceChangeOut]


class ArtifactHistory(Out):
    """Everything that was ever stated of an artifact; nothing is overwritten."""

    slug: str
    path: str
    fields: list[FieldHistoryOut]
    prices: list[PriceHistoryOut]


class AlternativeOut(Out):
    """One alternative: what it shares, what it costs and where to see both side by side."""

    slug: str
    name: str
    overlap: str = Field(description="0-100, of all capabilities of both.")
    n_shared: int
    n_own: int
    shared: list[str]
    pricing: str
    starting_price: str
    licence: str
    compare_path: str


class AlternativeList(Out):
    """Artifacts whose capabilities overlap with one artifact's, most first."""

    items: list[AlternativeOut]


class ReasonOut(Out):
    """One thing that moved a rank, and by how many points."""

    text: str
    points: str


class RankHistoryOut(Out):
    """How a rank went, and what moved it last: the parts add up to the movement."""

    trend: str = Field(description="In words; empty before there are two published scores.")
    since: dt.date | None
    points: str
    places_before: str
    reasons: list[ReasonOut]
    formula_change: str


class RelativeOut(Out):
    """The artifact at the other end of a tie."""

    name: str
    path: str


class FamilyOut(Out):
    """Everything that stands in one relation to an artifact."""

    label: str = Field(examples=["Distilled from"])
    others: list[RelativeOut]


class GapOut(Out):
    """How a model does on published prompts against hidden ones."""

    suite: str
    suite_path: str
    split_path: str
    label: str
    words: str
    is_suspicious: bool


class BuilderOut(Out):
    """What a verified builder says: labelled as theirs, and never part of a score."""

    is_claimed: bool
    words: list[str]


def artifact_history(page: HistoryPage) -> ArtifactHistory:
    """Return everything on the page of an artifact's history."""
    return ArtifactHistory(
        slug=page.card.slug,
        path=page.meta.path,
        fields=[
            FieldHistoryOut(
                label=field.label,
                is_disputed=field.is_disputed,
                statements=[
                    StatementMade(text=said.text, is_winning=said.is_winning, source=source_out(said.source))
                    for said in field.statements
                ],
            )
            for field in page.fields
        ],
        prices=[PriceHistoryOut.model_validate(asdict(price)) for price in page.prices],
    )


def alternative_list(page: AlternativesPage) -> AlternativeList:
    """Return everything on the page of an artifact's alternatives."""
    same = AlternativeOut.model_fields.keys() - {"slug", "name"}
    return AlternativeList(
        items=[
            AlternativeOut.model_validate(
                {"slug": row.card.slug, "name": row.card.name, **{name: getattr(row, name) for name in same}}
            )
            for row in page.rows
        ]
    )


def rank_history_out(history: RankHistory | None) -> RankHistoryOut | None:
    """Return how a rank went, None where it has no history yet."""
    if history is None:
        return None
    same = ("since", "points", "places_before", "formula_change")
    return RankHistoryOut(
        trend=history.trend.words if history.trend else "",
        reasons=[ReasonOut.model_validate(asdict(reason)) for reason in history.reasons],
        **{name: getattr(history, name) for name in same},
    )


def family_out(lines: tuple[FamilyLine, ...]) -> list[FamilyOut]:
    """Return an artifact's ties."""
    return [
        FamilyOut(
            label=line.label, others=[RelativeOut.model_validate(asdict(other)) for other in line.others]
        )
        for line in lines
    ]


def gaps_out(lines: tuple[GapLine, ...]) -> list[GapOut]:
    """Return how a model does on published prompts against hidden ones."""
    return [GapOut.model_validate(asdict(line)) for line in lines]

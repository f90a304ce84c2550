"""Our order of open text-to-image models beside the one that a public arena of people gives."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from catalog.models import Artifact, ReportedResult
from catalog.vocabulary import Kind, Modality, Openness
from ranking.compute.correlation import RankCorrelation, rank_correlation
from ranking.compute.positions import positions
from ranking.selectors import EntryView, rank_entries
from web.pages.cards import ArtifactCard, artifact_card
from web.pages.sources import Source, source_of

BENCHMARK = "Artificial Analysis text-to-image arena"
METRIC = "Elo"
OPEN = (Openness.OPEN_SOURCE.value, Openness.OPEN_WEIGHTS.value)
SHOWN = 20
# Orders that differ by fewer places need no explanation.
EXPLAINED_PLACES = 3


@dataclass(frozen=True)
class OrderRow:
    """One model in both orders, counted among the models of this table alone."""

    card: ArtifactCard
    place: int
    arena_place: int
    arena_score: float
    why: str


@dataclass(frozen=True)
class PublishedOrder:
    """The best of ours of which the arena knows, how far the orders agree, and where they do not."""

    benchmark: str
    correlation: RankCorrelation | None
    rows: tuple[OrderRow, ...]
    source: Source
    as_of: dt.date


def published_order() -> PublishedOrder | None:
    """Return both orders; None where fewer than two ranked open models have an arena score. Three queries."""
    reported = _latest()
    artifacts = list(
        Artifact.objects.real()
        .ranked()
        .filter(
            pk__in=reported,
            kind__in=(Kind.MODEL.value, Kind.FINETUNE.value),
            openness__in=OPEN,
            inputs__contains=[Modality.TEXT.value],
            outputs__contains=[Modality.IMAGE.value],
        )
        .select_related("publisher")[:SHOWN]
    )
    if len(artifacts) < 2:
        return None
    ours = [int((artifact.rank_score or 0) * 1000) for artifact in artifacts]
    theirs = [float(reported[artifact.pk].value) for artifact in artifacts]
    places = positions(ours)
    arena_places = positions([round(score * 1000) for score in theirs])
    entries = rank_entries([artifact.pk for artifact in artifacts], with_inputs=False)
    latest = max((reported[artifact.pk] for artifact in artifacts), key=lambda row: row.observed_on)
    return PublishedOrder(
        benchmark=BENCHMARK,
        correlation=rank_correlation(list(zip(map(float, ours), theirs, strict=True))),
        rows=tuple(
            OrderRow(
                card=artifact_card(artifact),
                place=place,
                arena_place=arena_place,
                arena_score=score,
                why=_why(entries.get(artifact.pk), list(entries.values()), arena_place - place),
            )
            for artifact, place, arena_place, score in zip(
                artifacts, places, arena_places, theirs, strict=True
            )
        ),
        source=source_of(latest.source, as_of=latest.observed_on),
        as_of=latest.observed_on,
    )


def _latest() -> dict[int, ReportedResult]:
    """Return the latest arena score of each artifact that has one."""
    rows = (
        ReportedResult.objects.counted()
        .filter(benchmark=BENCHMARK, metric__startswith=METRIC)
        .select_related("source")
        .defer("source__payload")
        .order_by("observed_on", "pk")
    )
    return {row.artifact_id: row for row in rows}


def _why(entry: EntryView | None, everybody: Sequence[EntryView], ahead: int) -> str:
    """Return which component sets an artifact apart from the others in the direction of a difference."""
    if entry is None or abs(ahead) < EXPLAINED_PLACES:
        return ""
    means = {
        part.name: mean(p.points for each in everybody for p in each.components if p.name == part.name)
        for part in entry.components
    }
    sign = 1 if ahead > 0 else -1
    part = max(entry.components, key=lambda each: sign * (each.points - means[each.name]))
    difference = part.points - means[part.name]
    known = ", of which nothing is known here" if part.is_missing else ""
    where = "higher" if ahead > 0 else "lower"
    return f"Stands {where} with us: {part.label.lower()} is {difference:+.1f} points from their mean{known}"

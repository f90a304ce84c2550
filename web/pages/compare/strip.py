"""The three questions that come before all others: can I run it, may I sell it, what does it cost?"""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.licences import ClauseSubject, LicenceClause
from catalog.seed.clauses import clause_on
from catalog.vocabulary import Openness, Permission
from web.formatting import external_url, licence_note, readable_memory, readable_seconds
from web.pages.compare.costs import SideCost
from web.pages.compare.sides import ComparedArtifact
from web.pages.compare.table import measured_words
from web.pages.sources import Source


@dataclass(frozen=True)
class Answer:
    """A short answer with what backs it; ``tone`` is "good", "bad" or nothing."""

    text: str
    note: str = ""
    tone: str = ""
    url: str = ""
    source: Source | None = None
    is_missing: bool = False
    clause: LicenceClause | None = None
    unquoted: str = ""


@dataclass(frozen=True)
class SideAnswers:
    """One side's three answers."""

    side: ComparedArtifact
    run: Answer
    sell: Answer
    cost: SideCost


SELL = {
    Permission.YES: ("Yes", "good"),
    Permission.CONDITIONAL: ("On conditions", ""),
    Permission.NO: ("No", "bad"),
}


def strip_of(costs: Sequence[SideCost]) -> tuple[SideAnswers, ...]:
    """Return the answers of each side, in the order of the sides."""
    return tuple(SideAnswers(cost.side, cost.side.once(_run), cost.side.once(_sell), cost) for cost in costs)


def _run(side: ComparedArtifact) -> Answer:
    artifact, speed = side.artifact, side.speed
    if artifact.openness == Openness.API_ONLY:
        return Answer("Only at its provider", "No weights are given out.", source=_source(side, "openness"))
    if speed is not None and speed.seconds is not None:
        memory = f", {speed.peak_memory_mb:,} MB at most" if speed.peak_memory_mb else ""
        return Answer(f"{readable_seconds(speed.seconds)} a picture{memory}", measured_words(speed), "good")
    if artifact.memory_gb is not None:
        text = f"With {readable_memory(artifact.memory_gb)} of memory"
        return Answer(text, "As stated; not measured by us yet.", source=_source(side, "memory_gb"))
    return Answer("Memory not known yet", is_missing=True)


def _sell(side: ComparedArtifact) -> Answer:
    artifact = side.artifact
    if not artifact.licence_outputs_commercial:
        return Answer("Not known yet", artifact.licence_name, is_missing=True)
    text, tone = SELL[Permission(artifact.licence_outputs_commercial)]
    words = licence_note(
        artifact.licence_outputs_commercial, artifact.licence_weights_commercial, artifact.licence_condition
    )
    note = f"{artifact.licence_name}. {words}"
    clause = clause_on(artifact.licence_id, ClauseSubject.OUTPUTS)
    return Answer(
        text,
        note,
        tone,
        external_url(artifact.licence_url),
        _source(side, "licence"),
        clause=clause,
        unquoted=_unquoted(clause),
    )


def _unquoted(clause: LicenceClause | None) -> str:
    """Say where the licence's own words are missing, or are about something else than the pictures."""
    if clause is None:
        return "The clause is not quoted yet."
    return (
        ""
        if clause.about == ClauseSubject.OUTPUTS
        else "Quoted: what it grants of the work; of pictures it says nothing."
    )


def _source(side: ComparedArtifact, field: str) -> Source | None:
    return side.fact_sources.get(field)

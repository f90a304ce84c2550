"""The facts of one artifact, each with its source and date."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from catalog.licences import ClauseSubject, LicenceClause
from catalog.models import AdoptionSignal, Artifact, Fact
from catalog.seed.clauses import clause_on
from web.formatting import (
    external_url,
    kind_label,
    licence_note,
    makes_pictures,
    openness_label,
    readable_count,
    readable_date,
    readable_memory,
)
from web.pages.sources import Source, source_of

ADOPTION_LABELS = {
    "downloads_30d": "Downloads in 30 days",
    "package_downloads_30d": "Package downloads in 30 days",
    "likes": "Likes",
    "stars": "Stars",
    "forks": "Forks",
    "contributors": "Contributors",
    "open_issues": "Open issues",
    "commits": "Commits",
}


@dataclass(frozen=True)
class FactLine:
    """One fact. ``url`` leads to what the fact names, ``source`` to where it was read.

    ``field`` and ``value`` say the same to programs as ``label`` and ``text`` to people.
    """

    label: str
    text: str
    note: str = ""
    url: str = ""
    source: Source | None = None
    is_missing: bool = False
    field: str = ""
    value: str | int | float | None = None
    clauses: tuple[LicenceClause, ...] = ()


def fact_lines(artifact: Artifact, facts: dict[str, Fact]) -> tuple[FactLine, ...]:
    """Return the facts that every artifact of a kind may have; what is not known says so."""
    lines = [
        FactLine("Type", kind_label(artifact.kind), field="kind", value=artifact.kind),
        FactLine(
            "Publisher",
            artifact.publisher.name,
            url=external_url(artifact.publisher.url),
            field="publisher",
            value=artifact.publisher.slug,
        ),
        FactLine(
            "Openness",
            openness_label(artifact.openness),
            source=_source(facts, "openness"),
            field="openness",
            value=artifact.openness,
        ),
        _licence_line(artifact, facts),
    ]
    return (*lines, *_optional_lines(artifact, facts))


def _optional_lines(artifact: Artifact, facts: dict[str, Fact]) -> Iterable[FactLine]:
    shown = (
        ("parameter_count", "Parameters", readable_count),
        ("memory_gb", "Memory needed", readable_memory),
        ("released_on", "Released", readable_date),
        ("last_activity_on", "Last activity", readable_date),
    )
    for field, label, words in shown:
        value = getattr(artifact, field)
        if value is None and field == "parameter_count" and not makes_pictures(artifact.kind):
            yield FactLine(label, "Does not apply", is_missing=True, field=field)
        elif value is None:
            yield FactLine(label, "Not known yet", is_missing=True, field=field)
        else:
            source = _source(facts, field)
            yield FactLine(label, words(value), source=source, field=field, value=_plain(value))
    yield FactLine("Status", artifact.status.capitalize(), field="status", value=artifact.status)


def _plain(value: int | Decimal | dt.date) -> str | int | float:
    """Return a column's value as JSON has it.

    >>> _plain(12), _plain(Decimal("18.00")), _plain(dt.date(2026, 4, 2))
    (12, 18.0, '2026-04-02')
    """
    if isinstance(value, dt.date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _licence_line(artifact: Artifact, facts: dict[str, Fact]) -> FactLine:
    if not artifact.licence_name:
        return FactLine("Licence", "Not known yet", is_missing=True, field="licence")
    consequences = licence_note(
        artifact.licence_outputs_commercial, artifact.licence_weights_commercial, artifact.licence_condition
    )
    clauses = _clauses(artifact.licence_id)
    unquoted = "" if clauses else "Its clauses are not quoted here yet."
    return FactLine(
        label="Licence",
        text=artifact.licence_name,
        note=" ".join(part for part in (consequences, unquoted) if part),
        url=external_url(artifact.licence_url),
        source=_source(facts, "licence"),
        field="licence",
        value=artifact.licence_id or artifact.licence_name,
        clauses=clauses,
    )


def _clauses(licence_id: str) -> tuple[LicenceClause, ...]:
    """Return what the licence itself says of pictures and of the work, each clause once."""
    found = [clause_on(licence_id, subject) for subject in ClauseSubject]
    return tuple(dict.fromkeys(clause for clause in found if clause is not None))


def _source(facts: dict[str, Fact], field: str) -> Source | None:
    fact = facts.get(field)
    return source_of(fact.source, as_of=fact.observed_on) if fact else None


def adoption_lines(signals: Iterable[AdoptionSignal]) -> tuple[FactLine, ...]:
    """Return the latest counts that others keep."""
    return tuple(
        FactLine(
            label=ADOPTION_LABELS.get(signal.metric, signal.metric.replace("_", " ").capitalize()),
            text=f"{signal.value:,}",
            source=source_of(signal.source, as_of=signal.observed_on),
            field=signal.metric,
            value=signal.value,
        )
        for signal in signals
    )

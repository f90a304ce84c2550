"""What is stated of an artifact: facts, capabilities, results that others reported."""

import dataclasses
import datetime as dt

from pydantic import Field

from catalog.licences import ClauseSubject
from web.api.schemas.common import Out, SourceOut, source_out
from web.pages.artifact.capabilities import FullCapability
from web.pages.artifact.facts import FactLine
from web.pages.reported import ReportedValue


class ClauseOut(Out):
    """A sentence of a licence as it stands there, and where."""

    about: ClauseSubject = Field(description="Of the pictures, or of weights and program.")
    quotation: str
    document: str
    section: str
    url: str
    via: str = Field(description="What was opened, where it was not the document itself; else empty.")
    read_on: dt.date


class FactOut(Out):
    """One fact as the page prints it, with its value for programs where it has one."""

    field: str = Field(description="Stable name.", examples=["parameter_count"])
    label: str
    value: str | int | float | None = Field(description="Null where it is not known.")
    text: str
    note: str
    url: str
    is_missing: bool
    source: SourceOut | None
    clauses: list[ClauseOut] = Field(description="What the licence says itself; empty where not quoted yet.")


class CapabilityOut(Out):
    """One thing that an artifact does."""

    name: str
    description: str
    unique_aspect: str
    versus_alternatives: str
    confidence: str
    origin: str = Field(description="Who says so, in words.")
    best_for: list[str]
    limitations: list[str]
    requirements: list[str]
    inputs: list[str]
    outputs: list[str]
    intents: list[str]
    source_urls: list[str]


class ReportedOut(Out):
    """A benchmark value that somebody else published; never mixed into measured scores."""

    benchmark: str
    metric: str
    value: str = Field(description="Exact decimal digits as published.")
    reported_by: str
    is_primary: bool
    source: SourceOut | None


def fact_out(line: FactLine) -> FactOut:
    """Return a fact."""
    return FactOut(
        field=line.field,
        label=line.label,
        value=line.value,
        text=line.text,
        note=line.note,
        url=line.url,
        is_missing=line.is_missing,
        source=source_out(line.source),
        clauses=[ClauseOut.model_validate(dataclasses.asdict(clause)) for clause in line.clauses],
    )


def reported_out(value: ReportedValue) -> ReportedOut:
    """Return what somebody reported."""
    return ReportedOut(
        benchmark=value.benchmark,
        metric=value.metric,
        value=value.value,
        reported_by=value.reported_by,
        is_primary=value.is_primary,
        source=source_out(value.source),
    )


def capability_out(item: FullCapability) -> CapabilityOut:
    """Return a capability in full."""
    note = item.note
    return CapabilityOut(
        name=note.name,
        description=note.description,
        unique_aspect=note.unique_aspect,
        versus_alternatives=note.versus_alternatives,
        confidence=note.confidence,
        origin=note.origin,
        best_for=list(item.best_for),
        limitations=list(item.limitations),
        requirements=list(item.requirements),
        inputs=list(item.inputs),
        outputs=list(item.outputs),
        intents=list(item.intents),
        source_urls=[link.url for link in item.sources],
    )

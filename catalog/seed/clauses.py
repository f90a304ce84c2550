"""Reads ``data/catalog/licences/clauses.yaml``: what licences say themselves, quoted with their place."""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from django.conf import settings
from pydantic import Field, HttpUrl, StringConstraints, TypeAdapter

from catalog.licences import ClauseSubject, LicenceClause
from catalog.seed.schema import Entry, Text

# A quotation is evidence, not a reprint: one or two sentences.
Quotation = Annotated[str, StringConstraints(strip_whitespace=True, min_length=20, max_length=420)]


class ClauseEntry(Entry):
    """One quoted clause and where it stands."""

    about: ClauseSubject
    quotation: Quotation
    document: Text
    section: Text
    url: HttpUrl
    via: str = ""
    read_on: dt.date


class LicenceClausesEntry(Entry):
    """The clauses of one licence, at most one per question."""

    licence: Text
    clauses: Annotated[list[ClauseEntry], Field(min_length=1, max_length=2)]


def read_clauses(path: Path) -> dict[str, tuple[LicenceClause, ...]]:
    """Read one file of clauses, by licence.

    Raises:
        pydantic.ValidationError: a field is missing, unknown or out of range.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries = TypeAdapter(list[LicenceClausesEntry]).validate_python(raw)
    return {entry.licence: tuple(map(_clause, entry.clauses)) for entry in entries}


@cache
def shipped_clauses() -> dict[str, tuple[LicenceClause, ...]]:
    """Return the clauses that ship with the site."""
    return read_clauses(settings.CATALOGUE_DIR / "licences" / "clauses.yaml")


def clause_on(licence_id: str, subject: ClauseSubject) -> LicenceClause | None:
    """Return the clause that answers a question, or None where it is not quoted yet.

    A licence that says nothing of outputs answers with what it grants of the work itself: look at
    ``about`` before saying what the clause is on.
    """
    found = {clause.about: clause for clause in shipped_clauses().get(licence_id, ())}
    return found.get(subject) or (found.get(ClauseSubject.WORK) if found else None)


def _clause(entry: ClauseEntry) -> LicenceClause:
    return LicenceClause(
        entry.about,
        entry.quotation,
        entry.document,
        entry.section,
        str(entry.url),
        entry.via,
        entry.read_on,
    )

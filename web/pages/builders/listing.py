"""The page object of the listing editor: a builder's own words, as they are and as they were."""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from catalog.models import Claim, Role, Statement
from catalog.services.statements import LONGEST, current_statements
from web.pages.builders.claim import builder_meta
from web.pages.meta import Meta

SHOWN: Final = 40
LABELS: Final = {
    Statement.Field.SUMMARY: ("In one sentence", 2),
    Statement.Field.ABOUT: ("In more words", 8),
}


@dataclass(frozen=True)
class Words:
    """One field that a builder may fill: what stands in the box, and how it would look on the page."""

    field: str
    label: str
    rows: int
    longest: int
    value: str
    preview: str
    waiting: Statement | None


@dataclass(frozen=True)
class ListingPage:
    """``/builders/<slug>/words/``: what is proposed, shown and was shown before."""

    meta: Meta
    claim: Claim
    may_write: bool
    words: tuple[Words, ...]
    versions: tuple[Statement, ...]
    error: str


@dataclass(frozen=True)
class Draft:
    """What somebody writes just now; ``preview`` is empty where it does not fit."""

    field: str
    value: str
    preview: str = ""


def listing_page(claim: Claim, *, role: Role, draft: Draft | None = None, error: str = "") -> ListingPage:
    """Read a claim's words and their versions. Three queries."""
    current = current_statements(claim.artifact_id)
    waiting = {
        statement.field: statement
        for statement in claim.statements.filter(state=Statement.State.PROPOSED).select_related("claim")
    }
    return ListingPage(
        meta=builder_meta(
            f"{claim.artifact.name}: words", reverse("listing", args=[claim.artifact.slug]), claim.artifact
        ),
        claim=claim,
        may_write=role.may(Role.EDITOR),
        words=tuple(_words(field, current.get(field, ""), waiting.get(field), draft) for field in LABELS),
        versions=tuple(claim.statements.exclude(state=Statement.State.PROPOSED)[:SHOWN]),
        error=error,
    )


def _words(field: Statement.Field, current: str, waiting: Statement | None, draft: Draft | None) -> Words:
    label, rows = LABELS[field]
    mine = draft if draft is not None and draft.field == field else None
    value = mine.value if mine else waiting.value if waiting else current
    return Words(field, label, rows, LONGEST[field], value, mine.preview if mine else "", waiting)

"""What builders say about their own listing: proposed, then accepted or refused by a moderator."""

import re
from typing import Final

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Claim, Statement
from catalog.services.claim_records import write_down

LONGEST: Final = {Statement.Field.SUMMARY: 240, Statement.Field.ABOUT: 4_000}


class StatementError(Exception):
    """A statement that cannot be proposed or decided; the message is for its author."""


def fitted_words(claim: Claim, *, field: str, value: str) -> str:
    """Return words as the listing would show them.

    Raises:
        StatementError: the claim does not hold, the field is not a builder's, or the words do not fit.
    """
    if claim.state != Claim.State.VERIFIED:
        raise StatementError("Only a verified claim can propose words.")
    if field not in LONGEST:
        raise StatementError("This field is not a builder's to state.")
    words = _cleaned(value, is_one_line=field == Statement.Field.SUMMARY)
    longest = LONGEST[Statement.Field(field)]
    if not 20 <= len(words) <= longest:
        raise StatementError(f"Between 20 and {longest:,} characters, please; this has {len(words):,}.")
    return words


def propose_statement(claim: Claim, *, field: str, value: str, actor: User | None = None) -> Statement:
    """Propose new words for a field; a proposal that waits is replaced. ``actor`` is by default the owner.

    Raises:
        StatementError: the words cannot be proposed, or the listing says them already.
    """
    words = fitted_words(claim, field=field, value=value)
    before = current_statements(claim.artifact_id).get(field, "")
    if words == before:
        raise StatementError("The listing says exactly this already.")
    try:
        with transaction.atomic():
            claim.statements.filter(field=field, state=Statement.State.PROPOSED).update(
                state=Statement.State.WITHDRAWN
            )
            made = Statement.objects.create(claim=claim, field=field, value=words, before=before)
            write_down(claim, "words proposed", field, actor=actor or claim.user)
    except IntegrityError as error:
        raise StatementError("Another proposal was made at this very moment. Look again.") from error
    return made


@transaction.atomic
def withdraw_statement(statement: Statement, *, actor: User) -> None:
    """Take back a proposal that nobody has decided; one that was decided stays as it is."""
    changed = Statement.objects.filter(pk=statement.pk, state=Statement.State.PROPOSED).update(
        state=Statement.State.WITHDRAWN
    )
    if changed:
        write_down(statement.claim, "words withdrawn", statement.field, actor=actor)


@transaction.atomic
def accept_statement(statement: Statement, *, moderator: User) -> None:
    """Show it on the listing, as the builder's words beside ours; no fact changes and no score reads it.

    Raises:
        StatementError: it was decided before, or its claim no longer holds.
    """
    _decide(statement, Statement.State.ACCEPTED, moderator=moderator, answer="")
    if statement.claim.state != Claim.State.VERIFIED:
        raise StatementError("The claim behind this statement no longer holds.")


@transaction.atomic
def refuse_statement(statement: Statement, *, moderator: User, answer: str) -> None:
    """Keep the listing as it is and tell the builder why.

    Raises:
        StatementError: it was decided before.
    """
    _decide(statement, Statement.State.REFUSED, moderator=moderator, answer=answer)


def current_statements(artifact_id: int) -> dict[str, str]:
    """Return what verified builders say, by field: the last accepted words of each."""
    accepted = Statement.objects.filter(
        claim__artifact=artifact_id, claim__state=Claim.State.VERIFIED, state=Statement.State.ACCEPTED
    )
    return dict(accepted.order_by("decided_at").values_list("field", "value"))


def _decide(statement: Statement, state: Statement.State, *, moderator: User, answer: str) -> None:
    changed = Statement.objects.filter(pk=statement.pk, state=Statement.State.PROPOSED).update(
        state=state, decided_at=timezone.now(), decided_by=moderator, answer=answer[:500]
    )
    if not changed:
        raise StatementError("This statement was decided before.")
    detail = f"{statement.field}: {answer}" if answer else statement.field
    write_down(statement.claim, f"words {state}", detail, actor=moderator)


def _cleaned(text: str, *, is_one_line: bool) -> str:
    """Return text without control characters; a summary is one line."""
    text = re.sub(r"[^\S\n]+", " ", re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", text))
    return " ".join(text.split()) if is_one_line else text.strip()

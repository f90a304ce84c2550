"""``feedback``: the only operation that writes."""

from enum import StrEnum

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from catalog.models import ApiKey
from matchgraph.models import Impression, Interaction
from matchgraph.services.feedback import record_interaction
from web.api.feedback import BadTicketError, Ticket, opened
from web.api.keys import request_key
from web.api.problems import Problem
from web.api.schemas.common import Out, Slug
from web.written import is_search_written

router = Router()


class Outcome(StrEnum):
    """What was done with a result; the last two take each other back."""

    OPENED = "opened"
    COMPARED = "compared"
    HELPED = "helped"
    NOT_THIS = "not-this"


KINDS = {
    Outcome.OPENED: Interaction.Kind.CLICK,
    Outcome.COMPARED: Interaction.Kind.COMPARE,
    Outcome.HELPED: Interaction.Kind.SELECT,
    Outcome.NOT_THIS: Interaction.Kind.REJECT,
}


class FeedbackIn(Out):
    """What came of a search. Nobody's words are taken: one of four outcomes for one of the results."""

    token: str = Field(max_length=400, description="From `resolve`.")
    artifact: Slug
    outcome: Outcome


class FeedbackOut(Out):
    """The outcome is written down; sending it again changes nothing."""

    artifact: str
    outcome: Outcome


def _shown_artifact(ticket: Ticket, slug: str) -> int | None:
    """Return the artifact if it was among the results of the ticket's search."""
    shown = Impression.objects.filter(
        event=ticket.event_id, event__visitor=ticket.visitor, artifact__slug=slug
    ).values_list("artifact", flat=True)
    return shown.first() if is_search_written(ticket.event_id) else None


@router.post("feedback", response=FeedbackOut, summary="Say what came of it", operation_id="sendFeedback")
def feedback(request: HttpRequest, body: FeedbackIn) -> FeedbackOut:
    """Write down what came of a resolved intent, once for each artifact and outcome."""
    key = request_key(request)
    if key is not None and ApiKey.Scope.FEEDBACK not in key.scopes:
        raise Problem(403, "This key has no scope “feedback”.")
    try:
        ticket = opened(body.token)
    except BadTicketError as error:
        raise Problem(403, f"{error}.") from error
    artifact_id = _shown_artifact(ticket, body.artifact)
    if artifact_id is None:
        raise Problem(404, f"“{body.artifact}” was not among the results of that search.")
    record_interaction(
        ticket.event_id, artifact_id=artifact_id, kind=KINDS[body.outcome], visitor=ticket.visitor
    )
    return FeedbackOut(artifact=body.artifact, outcome=body.outcome)

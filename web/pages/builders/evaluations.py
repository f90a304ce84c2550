"""The page object of the evaluations that a builder asked for."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch
from django.urls import reverse

from catalog.models import Claim, Role
from evaluation.models import EvaluationRequest, Run
from evaluation.services.requests import MOST_A_MONTH, queued_requests
from web.pages.builders.claim import builder_meta
from web.pages.meta import Meta

SHOWN: Final = 30


@dataclass(frozen=True)
class Asked:
    """One request; ``place`` is its place in the queue while it waits, from 1."""

    request: EvaluationRequest
    place: int | None
    runs: tuple[Run, ...]
    may_withdraw: bool


@dataclass(frozen=True)
class EvaluationsPage:
    """``/builders/<slug>/evaluations/``: what was asked for, where each stands, and a form."""

    meta: Meta
    claim: Claim
    may_ask: bool
    most_a_month: int
    asked: tuple[Asked, ...]
    n_waiting: int
    written: str
    error: str


def evaluations_page(claim: Claim, *, role: Role, written: str = "", error: str = "") -> EvaluationsPage:
    """Read a claim's requests with their runs and places. Four queries."""
    own = EvaluationRequest.objects.filter(claim=claim)
    requests = own.prefetch_related(
        Prefetch("runs", queryset=Run.objects.select_related("suite").order_by("suite__name"))
    )[:SHOWN]
    queue = queued_requests()
    may_ask = role.may(Role.EDITOR)
    return EvaluationsPage(
        meta=builder_meta(
            f"{claim.artifact.name}: evaluations",
            reverse("evaluations", args=[claim.artifact.slug]),
            claim.artifact,
        ),
        claim=claim,
        may_ask=may_ask,
        most_a_month=MOST_A_MONTH,
        asked=tuple(
            Asked(
                request=request,
                place=queue.index(request.pk) + 1 if request.pk in queue else None,
                runs=tuple(request.runs.all()),
                may_withdraw=may_ask and request.pk in queue,
            )
            for request in requests
        ),
        n_waiting=len(queue),
        written=written,
        error=error,
    )

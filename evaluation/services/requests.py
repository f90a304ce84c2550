"""Requests of builders: asked for, queued fairly, planned as every evaluation is, refused in words."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Final

import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from catalog.models import Artifact, Claim
from catalog.services.claim_records import tell, write_down
from evaluation.conf import requests_at_once
from evaluation.fairness import Waiting, fair_order
from evaluation.models import EvaluationRequest, Recipe, Run
from evaluation.recipe_files import COMMIT
from evaluation.runners.base import RecipeError
from evaluation.services.estimate import check_fits, declared_worker
from evaluation.services.evaluate import RequestError, plan_runs, requested_suites
from evaluation.services.recipes import revision_spec
from evaluation.suites.read import SuiteError

MOST_A_MONTH: Final = 4
MONTH: Final = timedelta(days=30)

State = EvaluationRequest.State
logger = structlog.get_logger(__name__)


class EvaluationRequestError(Exception):
    """A request that cannot be made; the message is for the builder."""


def request_evaluation(claim: Claim, *, revision: str, by: User) -> EvaluationRequest:
    """Ask for an evaluation; what this machine cannot run is written down as refused, with the reason.

    Raises:
        EvaluationRequestError: this is no commit, one is open for the artifact, or too many were made.
    """
    revision = revision.strip().lower()
    if claim.state != Claim.State.VERIFIED:
        raise EvaluationRequestError("Only a verified claim can ask for an evaluation.")
    if not COMMIT.fullmatch(revision):
        raise EvaluationRequestError("Name a commit by its 40 digits (0-9, a-f); a branch or tag may move.")
    reason = refusal_of(claim.artifact, revision)
    now = timezone.now()
    try:
        with transaction.atomic():
            # The artifact's row and the owner's order those who ask at the same time, for whichever claim.
            Artifact.objects.select_for_update(no_key=True).get(pk=claim.artifact_id)
            User.objects.select_for_update(no_key=True).get(pk=claim.user_id)
            _check_allowance(claim)
            made = EvaluationRequest.objects.create(
                claim=claim,
                artifact=claim.artifact,
                revision=revision,
                requested_by=by,
                state=State.REFUSED if reason else State.WAITING,
                reason=reason,
                ended_at=now if reason else None,
            )
            action = "evaluation refused" if reason else "evaluation asked for"
            write_down(claim, action, f"{revision}: {reason}" if reason else revision, actor=by)
    except IntegrityError as error:
        raise EvaluationRequestError("An evaluation of this artifact waits or runs already.") from error
    return made


def refusal_of(artifact: Artifact, revision: str) -> str:
    """Return why a revision cannot be run here, in words; empty where it can, as far as is known now."""
    if not declared_worker().memory_gb:
        return "no GPU is declared for this site's workers, so it runs no model from a hub"
    try:
        spec = revision_spec(artifact, revision)
        check_fits(Recipe(artifact=artifact, **asdict(spec)))
    except RecipeError as error:
        return str(error)
    return ""


def _check_allowance(claim: Claim) -> None:
    """Count by builder, whatever became of each request: asking and withdrawing costs as much as asking.

    And by artifact: who gives a claim up and proves it again with another account has not asked less.
    """
    recent = EvaluationRequest.objects.filter(created_at__gt=timezone.now() - MONTH)
    if recent.filter(claim__user=claim.user_id).count() >= MOST_A_MONTH:
        raise EvaluationRequestError(f"You have asked {MOST_A_MONTH} times in 30 days. Come back later.")
    if recent.filter(artifact=claim.artifact_id).count() >= MOST_A_MONTH:
        raise EvaluationRequestError(
            f"It was asked for {MOST_A_MONTH} times in 30 days, whoever asked. Come back later."
        )


@transaction.atomic
def withdraw_request(request: EvaluationRequest, *, by: User) -> bool:
    """Take back a request that nothing was planned for; say whether it still could be."""
    changed = (
        EvaluationRequest.objects.filter(pk=request.pk)
        .waiting()
        .update(state=State.WITHDRAWN, ended_at=timezone.now())
    )
    if changed:
        write_down(request.claim, "evaluation withdrawn", request.revision, actor=by)
    return bool(changed)


def queued_requests() -> list[int]:
    """Return the ids of waiting requests in the order in which they are served. Two queries."""
    rows = EvaluationRequest.objects.waiting().values_list("pk", "claim__user", "created_at")
    served = (
        EvaluationRequest.objects.filter(started_at__isnull=False)
        .order_by()
        .values_list("claim__user")
        .annotate(last=Max("started_at"))
    )
    ordered = fair_order((Waiting(*row) for row in rows), served_at=dict(served))
    return [each.key for each in ordered]


def start_requests() -> list[int]:
    """End what is over, plan what is next while there is room, and return the runs that workers are to be told of."""
    end_requests()
    started: list[int] = []
    for request_id in queued_requests():
        if EvaluationRequest.objects.filter(state=State.RUNNING).count() >= requests_at_once():
            break
        started += _start(request_id)
    return started


def _start(request_id: int) -> list[int]:
    """Plan one request; it is refused where the claim no longer holds or the recipe cannot be run here."""
    with transaction.atomic():
        waiting = EvaluationRequest.objects.waiting().select_for_update(of=("self",), skip_locked=True)
        request = waiting.select_related("claim__user", "artifact").filter(pk=request_id).first()
        if request is None:
            return []
        try:
            runs = _plan(request)
        except (RecipeError, RequestError, SuiteError) as error:
            _refuse(request, str(error))
            return []
        request.state, request.started_at = State.RUNNING, timezone.now()
        request.save(update_fields=["state", "started_at"])
        request.runs.set(runs)
        write_down(request.claim, "evaluation began", request.revision, actor=None)
        return [run.pk for run in runs]


def _plan(request: EvaluationRequest) -> list[Run]:
    if request.claim.state != Claim.State.VERIFIED:
        raise RequestError("The claim no longer holds.")
    # What fitted when it was asked for may not any more: the operator may have declared another GPU since.
    if reason := refusal_of(request.artifact, request.revision):
        raise RequestError(reason)
    with transaction.atomic():
        return plan_runs(
            [request.artifact],
            requested_suites([]),
            limit=None,
            revision=request.revision,
            only_own_tier=True,
        )


def _refuse(request: EvaluationRequest, reason: str) -> None:
    request.state, request.reason, request.ended_at = State.REFUSED, reason, timezone.now()
    request.save(update_fields=["state", "reason", "ended_at"])
    write_down(request.claim, "evaluation refused", f"{request.revision}: {reason}", actor=None)
    tell(request.claim.user, request.artifact, what="asked for an evaluation that was refused", text=reason)


def end_requests() -> int:
    """Close the requests whose runs are all over; return how many."""
    open_runs = Run.objects.exclude(state__in=Run.OVER)
    over = EvaluationRequest.objects.filter(state=State.RUNNING).exclude(runs__in=open_runs)
    n_ended = 0
    for request in over.select_related("claim"):
        with transaction.atomic():
            changed = EvaluationRequest.objects.filter(pk=request.pk, state=State.RUNNING).update(
                state=State.DONE, ended_at=timezone.now()
            )
            if changed:
                write_down(request.claim, "evaluation ended", request.revision, actor=None)
            n_ended += changed
    return n_ended

"""The dashboard's tables as CSV; a count that speaks of too few visitors is empty."""

import csv
from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matchgraph.audience import AskedFor, Week, audience
from matchgraph.rivalry import Loss, duels, losses
from web.views.builders.access import held_claim

OUTCOMES = (
    *("visitors who took it", "visitors who opened it"),
    *("visitors who compared it", "visitors whom it helped"),
)
# A spreadsheet runs a cell that begins so; what visitors typed must stay text (OWASP, CSV injection).
RUNS = ("=", "+", "-", "@", "\t", "\r")


@never_cache
@login_required
@require_safe
def weeks_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the weeks."""
    claim = held_claim(request, slug).claim
    columns = ("week", "visitors shown", "mean position", *OUTCOMES)
    rows = [
        (week.start, week.shown, week.position, *_outcomes(week))
        for week in audience(claim.artifact_id).weeks
    ]
    return _table(f"{slug}-weeks", columns, rows)


@never_cache
@login_required
@require_safe
def searches_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the searches, one line for each artifact that was taken instead, or one without."""
    claim = held_claim(request, slug).claim
    asked = audience(claim.artifact_id).asked_for
    lost = losses(claim.artifact_id, [search.digest for search in asked])
    columns = ("search", "visitors", "mean position", *OUTCOMES, "taken instead", "by visitors")
    rows = [
        (search.query, search.visitors, search.position, *_outcomes(search), *instead)
        for search in asked
        for instead in _instead(lost.get(search.digest, ()))
    ]
    return _table(f"{slug}-searches", columns, rows)


@never_cache
@login_required
@require_safe
def duels_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the comparisons."""
    claim = held_claim(request, slug).claim
    rows = [(duel.name, duel.visitors, duel.won, duel.lost) for duel in duels(claim.artifact_id)]
    return _table(f"{slug}-comparisons", ("compared with", "visitors", "won", "lost"), rows)


def _instead(lost: Iterable[Loss]) -> list[tuple[str, int | None]]:
    return [(loss.name, loss.visitors) for loss in lost] or [("", None)]


def _outcomes(told: Week | AskedFor) -> tuple[int | None, ...]:
    return told.taken, told.opened, told.compared, told.helped


def _table(name: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate()}.csv"'
    table = csv.writer(response)
    table.writerow(columns)
    table.writerows([_cell(value) for value in row] for row in rows)
    return response


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(RUNS) else value

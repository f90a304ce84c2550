"""``brief``: what changed in a week."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from web.api.problems import Problem
from web.api.schemas.common import Out
from web.pages.brief.page import brief_page

router = Router()
Week = Annotated[
    str | None,
    Query(
        pattern="^[0-9]{4}-w[0-9]{2}$", description="Which week; without it this one.", examples=["2026-w47"]
    ),
]


class ChangeOut(Out):
    """One thing that changed, and the page that shows it."""

    name: str
    path: str
    text: str


class ChangesOut(Out):
    """All changes of one kind."""

    title: str
    items: list[ChangeOut]


class BriefOut(Out):
    """One week's brief, and the weeks that can be read before and after it."""

    week: str
    title: str
    path: str
    summary: str
    changes: list[ChangesOut]
    earlier: str | None = Field(description="Ask with `week` set to it; null before the first week.")
    later: str | None


@router.get("brief", response=BriefOut, summary="Get what changed in a week", operation_id="getBrief")
def brief(request: HttpRequest, week: Week = None) -> BriefOut:
    """Return what is new, what was measured, which ranks moved and which prices and licences changed."""
    page = brief_page(week or "")
    if page is None:
        raise Problem(404, "There is no brief of that week.")
    issue = page.issue
    return BriefOut(
        week=issue.week.name,
        title=issue.title,
        path=issue.path,
        summary=issue.summary,
        changes=[
            ChangesOut(
                title=changes.title,
                items=[ChangeOut(name=item.name, path=item.path, text=item.text) for item in changes.items],
            )
            for changes in issue.changes
        ],
        earlier=page.earlier.name if page.earlier else None,
        later=page.later.name if page.later else None,
    )

"""The page objects of ``/brief/``, ``/brief/<week>/`` and its feeds."""

import datetime as dt
from dataclasses import dataclass
from itertools import islice

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from catalog.models import Artifact
from web.formatting import readable_date
from web.pages.brief.changes import Changes, changes_of
from web.pages.brief.week import Week, named_week, week_of
from web.pages.meta import Crumb, Meta

FED = 8


@dataclass(frozen=True)
class Issue:
    """One week's brief."""

    week: Week
    title: str
    path: str
    changes: tuple[Changes, ...]
    updated_at: dt.datetime

    @property
    def summary(self) -> str:
        """Return how much changed, in a sentence."""
        counts = [f"{changes.title.lower()}: {len(changes.items)}" for changes in self.changes]
        return f"{'; '.join(counts).capitalize()}." if counts else "Nothing changed."


@dataclass(frozen=True)
class BriefPage:
    """One week, and the weeks that can be read before and after it."""

    meta: Meta
    issue: Issue
    earlier: Week | None
    later: Week | None


def brief_page(name: str = "") -> BriefPage | None:
    """Return the brief of a week, this week's without a name; None where there is no such week."""
    this = week_of(timezone.localdate())
    week = named_week(name) if name else this
    first = _first_week()
    if week is None or not first <= week <= this:
        return None
    issue = issue_of(week)
    path = issue.path if name else reverse("brief")
    return BriefPage(
        meta=Meta(
            title=f"{settings.SITE_NAME} brief: {issue.title}",
            description=issue.summary,
            path=path,
            crumbs=(Crumb("Brief", reverse("brief")), *([Crumb(issue.title, path)] if name else [])),
            is_indexable=bool(issue.changes),
        ),
        issue=issue,
        earlier=week.before if week > first else None,
        later=Week(week.end) if week < this else None,
    )


def issues() -> tuple[Issue, ...]:
    """Return the latest weeks in which anything changed, newest first."""
    found: list[Week] = []
    week, first = week_of(timezone.localdate()), _first_week()
    while week >= first and len(found) < FED:
        found.append(week)
        week = week.before
    return tuple(islice((issue for issue in map(issue_of, found) if issue.changes), FED))


def issue_of(week: Week) -> Issue:
    """Return one week's brief."""
    sunday = week.end - dt.timedelta(days=1)
    end = timezone.make_aware(dt.datetime.combine(week.end, dt.time.min))
    return Issue(
        week=week,
        title=f"{readable_date(week.monday)} to {readable_date(sunday)}",
        path=reverse("brief-week", args=[week.name]),
        changes=changes_of(week),
        updated_at=min(end, timezone.now().replace(minute=0, second=0, microsecond=0)),
    )


def _first_week() -> Week:
    """Return the week in which the catalogue began."""
    first = Artifact.objects.order_by("created_at").values_list("created_at", flat=True).first()
    return week_of(timezone.localtime(first).date() if first else timezone.localdate())

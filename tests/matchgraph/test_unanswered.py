"""What nothing fitted, for the operator: a command, and a page of the admin for those who may see searches."""

import datetime as dt
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from matchgraph.models import SearchEvent
from matchgraph.services.graph import intent_digest
from matchgraph.unanswered import Outcome, unanswered

pytestmark = pytest.mark.django_db


def searched(
    query: str, visitor: str, *, n_results: int = 3, is_weak: bool = True, days_ago: int = 0
) -> None:
    event = SearchEvent.objects.create(
        query=query,
        query_digest=intent_digest(query),
        visitor=visitor,
        n_results=n_results,
        is_weak=is_weak,
    )
    SearchEvent.objects.filter(pk=event.pk).update(created_at=timezone.now() - dt.timedelta(days=days_ago))


def test_what_most_visitors_miss_comes_first() -> None:
    searched("knit a jumper", "ann")
    for visitor in ("ann", "ben"):
        searched("tax return", visitor, n_results=0)
    searched("Tax return!", "ben", n_results=0)
    rows = unanswered()
    assert [(row.query, row.outcome, row.visitors, row.searches) for row in rows] == [
        ("Tax return!", Outcome.NOTHING, 2, 3),
        ("knit a jumper", Outcome.LOW, 1, 1),
    ]


def test_what_was_answered_and_what_is_old_is_left_out() -> None:
    searched("posters", "ann", days_ago=3)
    searched("posters", "ben", is_weak=False)
    searched("knit a jumper", "ann", days_ago=40)
    assert unanswered() == []
    assert [row.query for row in unanswered(days=60)] == ["knit a jumper"]


def test_the_command_prints_one_line_a_search() -> None:
    searched("tax return", "ann", n_results=0)
    out = StringIO()
    call_command("report_searches", "--days", "7", stdout=out)
    first, line = out.getvalue().splitlines()
    assert first == "1 searches of the last 7 days that nothing fitted"
    assert "1 visitors" in line
    assert line.endswith("tax return")
    with pytest.raises(CommandError, match="whole number"):
        call_command("report_searches", "--days", "0")


def test_the_admin_shows_it_to_those_who_may_see_searches(client: Client) -> None:
    searched("<b>tax</b> return", "ann")
    users = get_user_model().objects
    client.force_login(users.create_user("staff", is_staff=True))
    assert client.get("/admin/matchgraph/searchevent/unanswered/").status_code == 403
    client.force_login(users.create_superuser("root"))
    html = client.get("/admin/matchgraph/searchevent/unanswered/").content.decode()
    assert "&lt;b&gt;tax&lt;/b&gt; return" in html
    assert (
        'href="/admin/matchgraph/searchevent/unanswered/"'
        in client.get("/admin/matchgraph/searchevent/").content.decode()
    )

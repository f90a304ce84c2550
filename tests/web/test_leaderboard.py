"""Leaderboards: filters, orders, a visitor's own weights, charts, movers and files of exactly what is shown."""

import csv
import datetime as dt
import io
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Artifact, Category
from ranking.selectors import movers, score_histories
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact, make_offer, make_reported_result
from tests.web.measured import make_run, make_suite
from web.pages.leaderboard.choices import choices_of
from web.pages.leaderboard.page import LeaderboardPage, leaderboard_page

pytestmark = pytest.mark.django_db
COMPONENTS = {"quality": "Quality", "adoption": "Adoption"}


@pytest.fixture
def field() -> list[Artifact]:
    """Three models: one open and popular, one good and dear, one of which little is known."""
    popular = make_artifact("popular", licence_outputs_commercial="yes", memory_gb="12", released_on=TODAY)
    make_adoption(popular, "downloads_30d", 900_000)
    make_reported_result(popular, "0.45")
    make_offer(popular, "0.003")
    good = make_artifact("good", openness="api-only", released_on=dt.date(2024, 1, 1))
    make_reported_result(good, "0.88")
    make_offer(good, "0.10")
    unknown = make_artifact("unknown", licence_outputs_commercial="conditional", memory_gb="40")
    compute_rank(as_of=TODAY)
    return [popular, good, unknown]


def slugs(page: LeaderboardPage) -> list[str]:
    return [standing.card.slug for standing in page.standings]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"openness": "open"}, {"popular", "unknown"}),
        ({"openness": "api"}, {"good"}),
        ({"licence": "yes"}, {"popular"}),
        ({"licence": "conditional"}, {"popular", "unknown"}),
        ({"max_price": "0.05"}, {"popular"}),
        ({"max_price": "0,05"}, {"popular"}),
        ({"max_memory": "16"}, {"popular"}),
        ({"since": "2025"}, {"popular"}),
        ({"openness": "api", "max_memory": "16"}, set()),
    ],
)
def test_filters_keep_what_is_known_to_fit(
    field: list[Artifact], query: dict[str, str], expected: set[str]
) -> None:
    assert set(slugs(leaderboard_page(query))) == expected


def test_what_is_left_out_for_want_of_knowledge_is_counted(field: list[Artifact]) -> None:
    assert leaderboard_page({"max_price": "1"}).left_out == ("1 left out because no price is known",)


def test_places_are_those_of_the_whole_list_whatever_the_filter(field: list[Artifact]) -> None:
    whole = {standing.card.slug: standing.places for standing in leaderboard_page({}).standings}
    narrowed = leaderboard_page({"openness": "api"}).standings
    assert [standing.places for standing in narrowed] == [whole["good"]]


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        ("price", "popular", "unknown"),
        ("memory", "popular", "good"),
        ("quality", "good", "unknown"),
        ("newest", "popular", "unknown"),
        ("name", "good", "unknown"),
    ],
)
def test_orders_put_what_is_not_known_last(field: list[Artifact], sort: str, first: str, last: str) -> None:
    found = slugs(leaderboard_page({"sort": sort}))
    assert (found[0], found[-1]) == (first, last)


def test_an_order_that_nothing_is_known_of_says_so(client: Client, field: list[Artifact]) -> None:
    assert (
        "No measured speed is known of any of these"
        in client.get("/leaderboard/?sort=speed").content.decode()
    )
    assert "The last 1 of 3 have no known price" in client.get("/leaderboard/?sort=price").content.decode()
    assert "usual order" not in client.get("/leaderboard/?sort=name").content.decode()


def test_own_weights_make_an_order_of_their_own_and_leave_the_rank(
    client: Client, field: list[Artifact]
) -> None:
    page = leaderboard_page({"w_quality": "100"})
    assert slugs(page)[0] == "good"
    plain = {standing.card.slug: standing.card.rank for standing in leaderboard_page({}).standings}
    for standing in page.standings:
        assert standing.card.rank == plain[standing.card.slug]
        own = standing.row.own
        assert own is not None
        assert 0 <= own.low <= own.value <= own.high <= 100
    assert slugs(leaderboard_page({"w_adoption": "100"}))[0] == "popular"
    html = client.get("/leaderboard/?w_quality=100").content.decode()
    assert "Your weights, not UnfragileRank." in html
    assert 'name="robots" content="noindex' in html
    assert "Your weights, not" not in client.get("/leaderboard/").content.decode()


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"max_price": "cheap"}, "The price has to be a number"),
        ({"max_price": "nan"}, "The price has to be a number"),
        ({"max_price": "-1"}, "The price has to be a number"),
        ({"since": "12"}, "The year has to be a number from 2014"),
        ({"openness": "<b>"}, "is not one of open, on-request, api"),
        ({"w_quality": "101"}, "Quality has to be a number from 0 to 100"),
        ({"w_quality": "0"}, "At least one weight"),
    ],
)
def test_what_cannot_be_understood_is_left_out_and_said(
    client: Client, parameters: dict[str, str], problem: str
) -> None:
    choices = choices_of(parameters, components=COMPONENTS)
    assert choices.is_plain
    assert problem in choices.problems[0]
    html = client.get("/leaderboard/", parameters).content.decode()
    assert 'role="status"' in html
    assert "<b>”" not in html


def test_a_kind_that_is_none_is_said(client: Client, field: list[Artifact]) -> None:
    html = client.get("/leaderboard/?kind=nonsense%3Cb%3E").content.decode()
    assert "“nonsense&lt;b&gt;” is not one of model for kind. It was left out." in html
    assert 'role="status"' not in client.get("/leaderboard/?kind=model").content.decode()


def test_an_address_says_all_that_was_chosen() -> None:
    asked = {"openness": "open", "max_price": "0.5", "since": "2025", "w_quality": "7", "sort": "price"}
    choices = choices_of(asked, components=COMPONENTS)
    again = choices_of(dict(part.split("=") for part in choices.query().split("&")), components=COMPONENTS)
    assert again == choices
    assert choices_of({"sort": "own"}, components=COMPONENTS).sort == "rank"


def test_the_files_hold_exactly_what_is_shown(client: Client, field: list[Artifact]) -> None:
    query = {"openness": "open", "sort": "name", "w_quality": "1"}
    page = leaderboard_page(query)
    table = list(csv.DictReader(io.StringIO(client.get("/leaderboard/", {**query, "format": "csv"}).text)))
    answer = client.get("/leaderboard/", {**query, "format": "json"})
    rows = answer.json()["rows"]
    assert [row["slug"] for row in table] == [row["slug"] for row in rows] == slugs(page)
    for line, row, standing in zip(table, rows, page.standings, strict=True):
        assert standing.card.rank is not None
        assert row["score"] == float(line["score"]) == standing.card.rank.value
        assert row["place"] == standing.places
    unknown = next(row for row in rows if row["slug"] == "unknown")
    assert unknown["usd_a_picture"] is unknown["component_quality"] is None
    assert answer["X-Robots-Tag"] == "noindex"
    refused = client.get("/leaderboard/?format=xls")
    assert refused.status_code == 400
    assert "“xls” is not one of csv, json for format" in refused.text


def test_a_spreadsheet_finds_no_formula(client: Client) -> None:
    make_artifact("evil", name='=HYPERLINK("http://evil.example","x")')
    compute_rank(as_of=TODAY)
    assert "'=HYPERLINK" in client.get("/leaderboard/?format=csv").text


def test_price_stands_against_quality_with_a_table_beside_it(client: Client, field: list[Artifact]) -> None:
    (chart,) = leaderboard_page({}).charts
    assert [(point.name, point.x_text) for point in chart.points] == [("Popular", "0.003"), ("Good", "0.1")]
    html = client.get("/leaderboard/").content.decode()
    assert "Price against quality" in html
    assert "0.003" in html
    assert "$3.00 per 1,000 pictures" in html
    assert leaderboard_page({"openness": "api"}).charts == ()


def test_a_line_shows_published_scores_and_movers_are_named(field: list[Artifact]) -> None:
    popular = field[0]
    later = TODAY + dt.timedelta(days=10)
    make_adoption(popular, "likes", 9000)
    compute_rank(as_of=later)
    history = score_histories(["popular", "nobody"])
    assert [point.as_of for point in history["popular"]] == [TODAY, later]
    assert "nobody" not in history
    page = leaderboard_page({})
    by_slug = {standing.card.slug: standing for standing in page.standings}
    assert by_slug["popular"].trend is not None
    assert page.moving is not None
    assert page.moving.rising[0].name == "Popular"
    found = movers(["good"], limit=3)
    assert found is not None
    assert found.since == TODAY
    assert not found.rising


def test_a_suite_has_a_leaderboard_with_its_files(client: Client) -> None:
    suite = make_suite()
    for slug, scores in (("better", [1, 1, 1, 1, 1, 1]), ("worse", [0, 0, 0, 0, 1, 0])):
        make_run(make_artifact(slug, is_demonstration=True), suite, scores)
    compute_rank(as_of=TODAY)
    path = f"/leaderboard/{suite.slug}/"
    html = client.get(path).content.decode()
    assert html.index("/artifact/better/") < html.index("/artifact/worse/")
    assert "95 % interval" in html
    rows = json.loads(client.get(f"{path}?format=json").text)["rows"]
    assert [(row["slug"], row["mean"] > 0.5) for row in rows] == [("better", True), ("worse", False)]
    by_name = json.loads(client.get(f"{path}?format=json&sort=name&openness=open").text)["rows"]
    assert [row["slug"] for row in by_name] == ["better", "worse"]
    assert client.get(f"{path}?format=csv").text.startswith("place,slug,name")
    assert client.get("/leaderboard/nowhere/").status_code == 404


def test_a_shelf_is_filtered_like_the_whole(client: Client, field: list[Artifact]) -> None:
    shelf = Category.objects.create(slug="shelf", name="Shelf", description="All of them.")
    shelf.artifacts.add(*field)
    rows = json.loads(client.get("/category/shelf/?openness=api&format=json").text)["rows"]
    assert [row["slug"] for row in rows] == ["good"]


def test_the_number_of_queries_does_not_grow(client: Client, field: list[Artifact]) -> None:

    def n_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/leaderboard/")
        return len(queries)

    few = n_queries()
    for n in range(10):
        make_offer(make_artifact(f"more-{n}"), "0.02")
    compute_rank(as_of=TODAY, accept=True)
    assert n_queries() <= few + 4 <= 18

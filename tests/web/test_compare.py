"""The comparison page: one canonical address, few queries, nothing invented, nothing hidden."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Artifact
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.services.build import build_matchgraph
from ranking.services.publish import compute_rank
from tests.builders import (
    TODAY,
    make_adoption,
    make_artifact,
    make_capability,
    make_fact,
    make_offer,
    make_reported_result,
)
from tests.web.measured import make_run, make_suite
from web.pages import nearest
from web.pages.compare.page import compare_page

pytestmark = pytest.mark.django_db
AT_MOST = 10


@pytest.fixture
def pair() -> tuple[Artifact, Artifact]:
    """Two artifacts of which next to nothing is known."""
    return make_artifact("alpha"), make_artifact("beta")


def make_rich(slug: str, embedder: HashingEmbedder, *, n: int = 12) -> Artifact:
    """Make an artifact with many rows in every table."""
    artifact = make_artifact(slug, licence_name="MIT License", licence_outputs_commercial="yes")
    for number in range(n):
        make_capability(
            artifact, f"Capability {number}", unique_aspect="Only here.", versus_alternatives="Better."
        )
        make_offer(artifact, "0.04", plan=f"Plan {number}")
        make_reported_result(artifact, f"0.{number + 10}")
    make_adoption(artifact)
    for field in ("openness", "licence"):
        make_fact(artifact, field, "x")
    return artifact


@pytest.mark.parametrize("n", [1, 12])
def test_queries_do_not_grow_with_the_rows(
    n: int, embedder: HashingEmbedder, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first, second = (make_rich(slug, embedder, n=n) for slug in ("alpha", "beta"))
    for number in range(n):
        other = make_artifact(f"other-{number}")
        make_capability(other, "Capability 0")
    for number in range(min(n, 4)):
        suite = make_suite(f"suite-{number}", n_prompts=6)
        make_run(first, suite, [1, 1, 0, 1, 0, 1])
        make_run(second, suite, [0, 1, 0, 0, 0, 1])
    build_matchgraph(embedder)
    compute_rank(as_of=TODAY)
    with django_assert_max_num_queries(AT_MOST):
        page = compare_page("alpha", "beta")
    assert page is not None
    assert page.pictures.pairs
    assert page.alternatives[0][1]


def test_the_reversed_address_moves_for_good(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    for ending in ("/", ".md"):
        response = client.get(f"/compare/beta-vs-alpha{ending}")
        assert response.status_code == 301
        assert response["Location"] == f"/compare/alpha-vs-beta{ending}"
        assert client.get(response["Location"]).status_code == 200


def test_one_artifact_against_itself_is_its_own_page(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    assert client.get("/compare/alpha-vs-alpha/")["Location"] == "/artifact/alpha/"


@pytest.mark.parametrize(
    ("typed", "location"),
    [
        ({"a": "beta", "b": "alpha"}, "/compare/alpha-vs-beta/"),
        ({"a": "Beta", "b": "ALPHA"}, "/compare/alpha-vs-beta/"),
        ({"pick": ["beta", "alpha"]}, "/compare/alpha-vs-beta/"),
        ({"a": "beta"}, "/artifact/beta/"),
        ({}, "/leaderboard/"),
        ({"a": " ", "b": ""}, "/leaderboard/"),
        ({"a": "!!!", "b": ""}, "/leaderboard/"),
    ],
)
def test_the_form_leads_to_the_canonical_address(
    client: Client, pair: tuple[Artifact, Artifact], typed: dict[str, str | list[str]], location: str
) -> None:
    response = client.get("/compare/", typed)
    assert (response.status_code, response["Location"]) == (302, location)


def test_names_and_aliases_are_understood_and_sixty_names_take_no_more_queries_than_two(
    client: Client, pair: tuple[Artifact, Artifact], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_artifact("gamma-one", name="Gamma One", aliases=["first gamma", "alpha"])
    with django_assert_num_queries(3):
        named = client.get("/compare/", {"a": " FIRST gamma", "b": "gamma one", "c": "Alpha"})
    assert named["Location"] == "/compare/alpha-vs-gamma-one/"
    with django_assert_num_queries(5):
        many = client.get("/compare/", {"pick": [f"nobody-{number}" for number in range(60)]})
    assert (many.status_code, b"60 were asked for" in many.content) == (400, True)


def test_an_unknown_name_is_answered_with_the_nearest(
    client: Client, pair: tuple[Artifact, Artifact]
) -> None:
    response = client.get("/compare/alfa-vs-beta/")
    html = response.content.decode()
    assert response.status_code == 404
    assert 'href="/artifact/alpha/"' in html
    assert 'href="/compare/alpha-vs-beta/"' in html


def test_a_misspelt_name_is_looked_for_among_those_that_rank_highest(
    client: Client, pair: tuple[Artifact, Artifact], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "LOOKED_THROUGH", 1)
    Artifact.objects.filter(slug="beta").update(rank_score=50, rank_low=40, rank_high=60)
    found = client.get("/compare/alpha-vs-betta/").content.decode()
    assert 'href="/compare/alpha-vs-beta/"' in found
    assert 'href="/artifact/alpha/"' not in client.get("/artifact/alfa/").content.decode()


@pytest.mark.parametrize("path", ["/compare/alpha/", "/compare/-vs-/", "/compare/x-vs-/"])
def test_addresses_that_name_no_pair_are_not_found(
    client: Client, pair: tuple[Artifact, Artifact], path: str
) -> None:
    assert client.get(path).status_code == 404


def test_what_is_missing_is_said_to_be_missing(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    page = compare_page("alpha", "beta")
    assert page is not None
    html = client.get("/compare/alpha-vs-beta/").content.decode()
    assert "Not ranked yet" in html
    assert "Not measured yet" in html
    assert "have not been run on our suites yet" in html
    cells = [cell for group in page.groups for row in group.rows for cell in (row.first, row.second)]
    assert not any(cell.text in {"0", "0.0", "None", ""} for cell in cells)
    assert not any(cell.bar for cell in cells if cell.is_missing)


def test_a_program_beside_a_model_does_not_want_for_measurements(client: Client) -> None:
    make_artifact("model")
    make_artifact("program", kind="app", status="deprecated")
    page = compare_page("model", "program")
    assert page is not None
    rows = {row.label: [cell.text for cell in row.cells] for group in page.groups for row in group.rows}
    assert rows["Parameters"] == ["Not known yet", "Does not apply"]
    assert rows["Measured by us"] == ["Not measured yet", "Does not apply"]
    assert rows["Status"] == ["Active", "Deprecated"]


def test_a_missing_answer_never_counts_as_a_difference(pair: tuple[Artifact, Artifact]) -> None:
    Artifact.objects.filter(slug="alpha").update(parameter_count=12_000_000_000)
    page = compare_page("alpha", "beta")
    assert page is not None
    rows = {row.label: row for group in page.groups for row in group.rows}
    assert rows["Parameters"].first.text == "12B"
    assert rows["Parameters"].second.is_missing
    assert not rows["Parameters"].is_different


def test_pictures_pair_prompts_and_show_failures(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    suite = make_suite()
    make_run(pair[0], suite, [1, 1, 1, 1, 1, 1])
    make_run(pair[1], suite, [1, 1, None, 0, 1, 1])
    page = compare_page("alpha", "beta")
    assert page is not None
    assert {picture.seed for pair in page.pictures.pairs for picture in pair.pictures} <= set(
        range(1000, 1006)
    )
    for shown in page.pictures.pairs:
        assert shown.pictures[0].seed == shown.pictures[1].seed == shown.seed
    html = client.get("/compare/alpha-vs-beta/").content.decode()
    assert "Refused by the model&#x27;s filter: refused by the filter" in html
    assert page.pictures.rule in html


def test_a_difference_inside_its_interval_is_a_tie(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    suite = make_suite()
    make_run(pair[0], suite, [1, 0, 1, 0, 1, 0])
    make_run(pair[1], suite, [0, 1, 1, 0, 1, 0])
    page = compare_page("alpha", "beta")
    assert page is not None
    assert page.suites[0].is_tie
    assert '<span class="tag">Tie</span>' in client.get("/compare/alpha-vs-beta/").content.decode()


def test_measured_by_one_side_alone_says_so(pair: tuple[Artifact, Artifact]) -> None:
    make_run(pair[0], make_suite(), [1, 1, 1, 1, 1, 1])
    page = compare_page("alpha", "beta")
    assert page is not None
    assert page.pictures.missing.startswith("Beta has not been run")
    assert page.suites[0].scores[1] is None
    assert "no difference can be given" in page.suites[0].difference


def test_only_pairs_with_something_to_say_are_for_search_engines(
    client: Client, pair: tuple[Artifact, Artifact]
) -> None:
    assert "noindex" in client.get("/compare/alpha-vs-beta/").content.decode()


def test_speed_and_memory_come_from_measured_pictures(pair: tuple[Artifact, Artifact]) -> None:
    run = make_run(pair[0], make_suite(), [1, 1, None, 1, 1, 1])
    for sample, seconds in zip(run.samples.exclude(image_digest=""), (1, 2, 3, 4, 90), strict=True):
        sample.timings_s, sample.peak_memory_mb = {"generate": seconds}, 100 * seconds
        sample.save()
    page = compare_page("alpha", "beta")
    assert page is not None
    rows = {row.label: row for group in page.groups for row in group.rows}
    assert rows["Seconds per picture"].first.text == "3 s"
    assert rows["Seconds per picture"].first.note == "measured by us over 5 pictures"
    assert rows["Peak memory"].first.text == "9,000 MB"
    assert rows["Seconds per picture"].second.is_missing


def test_ranks_of_two_days_are_a_line_with_a_table(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    for artifact in pair:
        make_adoption(artifact, value=10)
    compute_rank(as_of=TODAY)
    once = client.get("/compare/alpha-vs-beta/").content.decode()
    assert "published on one day so far" in once
    make_adoption(pair[0], value=9000, observed_on=TODAY + timedelta(days=1))
    compute_rank(as_of=TODAY + timedelta(days=2))
    page = compare_page("alpha", "beta")
    assert page is not None
    assert page.history is not None
    alpha, beta = page.history.lines
    assert (alpha.side.name, beta.side.name) == ("Alpha", "Beta")
    assert alpha.path.startswith("M0.0 ")
    assert "L100.0 " in alpha.path
    assert [row.day for row in page.history.days] == [TODAY + timedelta(days=2), TODAY]
    html = client.get("/compare/alpha-vs-beta/").content.decode()
    for point, row in zip(reversed(page.first.history), page.history.days, strict=True):
        assert row.scores[0] == f"{point.score:.1f}"
        assert f'<td class="right num">{row.scores[0]}</td>' in html
    assert page.first.history[-1].score == pytest.approx(float(page.first.artifact.rank_score or 0))


def test_unlike_kinds_are_told_what_can_be_compared(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    alike = client.get("/compare/alpha-vs-beta/").content.decode()
    assert "Unlike kinds" not in alike
    Artifact.objects.filter(slug="beta").update(kind="repository")
    for ending in ("/", ".md", ".json"):
        said = client.get(f"/compare/alpha-vs-beta{ending}").content.decode()
        assert "Each rank says how one stands among its own kind, not which is better" in said
        assert "capabilities, licence, cost and openness" in said


def test_a_licence_is_quoted_with_its_place(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    Artifact.objects.update(licence_name="x", licence_outputs_commercial="yes")
    Artifact.objects.filter(slug="alpha").update(licence_id="MIT")
    html = client.get("/compare/alpha-vs-beta/").content.decode()
    assert '<q lang="en">without restriction' in html
    assert 'href="https://opensource.org/license/mit"' in html
    assert html.count("The clause is not quoted yet.") == 1


def test_the_card_says_what_the_page_says(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    Artifact.objects.filter(slug="alpha").update(name="<Alpha> & Co")
    for artifact in pair:
        make_adoption(artifact)
    compute_rank(as_of=TODAY)
    page = compare_page("alpha", "beta")
    assert page is not None
    card = client.get("/compare/alpha-vs-beta.svg")
    assert card["Content-Type"].startswith("image/svg+xml")
    drawn = ET.fromstring(card.content)  # noqa: S314 - our own drawing
    texts = ["".join(text.itertext()) for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert page.headline in " ".join(texts)
    for side in page.sides:
        assert side.name in texts
        assert side.entry is not None
        assert f"{side.entry.score:.1f}" in texts
    html = client.get("/compare/alpha-vs-beta/").content.decode()
    assert "http://testserver/compare/alpha-vs-beta.svg" in html
    assert client.get("/compare/beta-vs-alpha.svg")["Location"] == "/compare/alpha-vs-beta.svg"
    assert client.get("/compare/alpha-vs-none.svg").status_code == 404


def test_the_rule_names_what_each_pair_was_chosen_for(pair: tuple[Artifact, Artifact]) -> None:
    suite = make_suite()
    make_run(pair[0], suite, [1, 0, 1, 1, 1, 1])
    make_run(pair[1], suite, [0, 1, 1, 1, 1, 1])
    page = compare_page("alpha", "beta")
    assert page is not None
    assert [shown.place for shown in page.pictures.pairs] == ["Most for A", "Most for B", "In the middle"]
    anchors = [shown.anchor for shown in page.pictures.pairs]
    assert [shown.following for shown in page.pictures.pairs] == [*anchors[1:], ""]
    assert [shown.previous for shown in page.pictures.pairs] == ["", *anchors[:-1]]


def test_the_json_states_the_differences_and_costs_of_the_page(
    client: Client, pair: tuple[Artifact, Artifact]
) -> None:
    suite = make_suite()
    make_run(pair[0], suite, [1, 0, 1, 0, 1, 0])
    make_run(pair[1], suite, [0, 1, 1, 0, 1, 0])
    make_offer(pair[0])
    make_offer(pair[1], "0.01")
    page = compare_page("alpha", "beta")
    assert page is not None
    stated = client.get("/compare/alpha-vs-beta.json").json()
    assert [row["words"] for row in stated["differences"]] == [row.difference for row in page.suites]
    assert stated["costs"]["statements"] == list(page.costs.statements)
    assert [choice["slug"] for choice in stated["choices"]] == ["alpha", "beta"]
    assert [[reason["text"] for reason in choice["reasons"]] for choice in stated["choices"]] == [
        [reason.text for reason in choice.reasons] for choice in page.choices
    ]

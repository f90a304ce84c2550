"""About the site, for everybody; the style guide, for whoever changes it."""

import re
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from tests.builders import make_adoption, make_artifact, make_fact, make_offer, make_source
from web.pages.about import about_page
from web.pages.styleguide import styleguide_page

pytestmark = pytest.mark.django_db
TEMPLATES = Path(configured.BASE_DIR, "templates")


def test_about_counts_what_is_there_and_names_who_answers(client: Client, settings: Settings) -> None:
    make_artifact("alpha")
    make_artifact("tiny", is_demonstration=True)
    html = client.get("/about/").content.decode()
    assert "<dt>artifacts described, besides 1 demonstration model</dt><dd>1</dd>" in html
    assert "mailto:" not in html
    settings.OPERATOR_NAME, settings.CONTACT_EMAIL = "Acme <Ltd>", "desk@example.org"
    html = client.get("/about/").content.decode()
    assert "Acme &lt;Ltd&gt; answers" in html
    assert "mailto:desk@example.org" in html


def test_about_says_how_much_is_known_of_each_kind_and_read_where(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    known, bare = make_artifact("alpha", licence_name="MIT License"), make_artifact("beta")
    tool = make_artifact("tool", kind="library")
    make_artifact("tiny", is_demonstration=True)
    make_offer(known)
    make_adoption(bare, "likes", 7)
    read, named = (
        make_source(name="Card"),
        make_source("https://example.org/x", name="Card, not opened by us"),
    )
    make_fact(known, "licence", "MIT", source=read)
    for artifact in (known, bare, tool):
        make_fact(artifact, "openness", "open-weights", source=named)
    with django_assert_max_num_queries(8):
        page = about_page()
    assert [(row.label, row.n_artifacts, row.priced, row.licensed, row.adopted) for row in page.known] == [
        ("Model", 2, "50 %", "50 %", "50 %"),
        ("Library", 1, "0 %", "0 %", "0 %"),
        ("All", 3, "33 %", "33 %", "33 %"),
    ]
    # Three times openness, a licence, a price and a count; openness rests on what nobody read.
    assert (page.n_values, page.sourced, page.opened) == (6, "100 %", "50 %")
    bare.licence_name = "Told by nobody"
    bare.save()
    assert about_page().sourced == "85 %"
    assert "<caption>Artifacts by kind" in client.get("/about/").content.decode()


def test_reading_sets_no_cookie_as_about_says(client: Client) -> None:
    make_artifact("alpha")
    for path in (
        "/",
        "/about/",
        "/artifact/alpha/",
        "/leaderboard/",
        "/brief/",
        "/search?q=posters",
        "/suites/",
    ):
        client.get(path, headers={"user-agent": "Mozilla/5.0"})
    assert not client.cookies


def test_the_style_guide_is_for_developers_only(client: Client, settings: Settings) -> None:
    assert client.get("/styleguide/").status_code == 404
    settings.DEBUG = True
    html = client.get("/styleguide/").content.decode()
    assert "noindex" in html
    assert " style=" not in html


def test_the_style_guide_names_every_token() -> None:
    page = styleguide_page()
    sheet = Path(configured.BASE_DIR, "static", "css", "unfragile.css").read_text("utf-8")
    shown = {item.name for group in (page.colours, page.type_scale, page.spaces) for item in group}
    used = set(re.findall(r"var\(--((?:[st]-)?[a-z0-9-]+)\)", sheet))
    assert {"ink", "mark", "t-xl", "s-4"} <= shown & used
    assert {name for name in used if re.fullmatch(r"[st]-\w+", name)} <= shown


def test_no_template_brings_a_style_or_script_of_its_own() -> None:
    own = re.compile(r" style=|<style|<script|https?://[^\s\"]+\.(?:css|js|woff2?)")
    # Mail programs know no stylesheet, badges and schemas are files of their own.
    pages = [path for path in TEMPLATES.rglob("*.html") if "mail" not in path.relative_to(TEMPLATES).parts]
    assert [path.name for path in pages if own.search(path.read_text("utf-8"))] == []

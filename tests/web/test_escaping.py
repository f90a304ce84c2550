"""Whatever stands in the catalogue, no page obeys it."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from catalog.models import Artifact, Category
from evaluation.models import Score
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.services.build import build_matchgraph
from ranking.services.publish import compute_rank
from tests.builders import (
    TODAY,
    make_adoption,
    make_artifact,
    make_capability,
    make_fact,
    make_link,
    make_offer,
    make_publisher,
    make_reported_result,
    make_source,
)
from tests.web.measured import make_run, make_suite

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'|`{{ 7 }}"
ABOUT = f"{EVIL}\n\n[click](javascript:alert(3)) <b onclick=alert(4)>bold</b> **strong** </script>"
PAGES = [
    "/",
    "/artifact/evil/",
    "/alternatives/evil/",
    "/compare/evil-vs-other/",
    "/leaderboard/",
    "/category/shelf/",
    "/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E%20evil",
    "/compare/?a=%3Cscript%3Ealert(1)%3C%2Fscript%3E&b=evil",
    "/suites/",
    "/suites/lettering/",
    "/suites/lettering/word-0/",
]


class Finder(HTMLParser):
    """Collects what a browser would run, and the linked data."""

    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []
        self.data: list[str] = []
        self._is_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self._is_data = tag == "script" and attributes.get("type") == "application/ld+json"
        if tag == "script" and not self._is_data:
            self.dangers.append(tag)
        if tag == "img" and attributes.get("src") == "x":
            self.dangers.append(tag)
        for name, value in attributes.items():
            is_script = (value or "").strip().lower().startswith("javascript:")
            if name.startswith("on") or name == "style" or is_script:
                self.dangers.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self._is_data:
            self.data.append(data)
            self._is_data = False


@pytest.fixture
def evil(embedder: HashingEmbedder) -> Artifact:
    """An artifact with markup in every field that holds text, and another to compare it with."""
    publisher = make_publisher("evil-corp", name=EVIL, url="javascript:alert(5)")
    texts = {name: [EVIL] for name in ("aliases", "best_for", "limitations", "requirements")}
    artifact = make_artifact(
        "evil",
        name=EVIL,
        summary=EVIL,
        about=ABOUT,
        publisher=publisher,
        licence_name=EVIL,
        licence_url="javascript:alert(6)",
        licence_outputs_commercial="conditional",
        licence_condition=EVIL,
        parameter_count=1_000_000,
        **texts,
    )
    shelf = Category.objects.create(slug="shelf", name=EVIL, description=EVIL)
    other = make_artifact("other")
    for one in (artifact, other):
        one.categories.add(shelf)
        make_capability(
            one,
            EVIL[:90],
            description=EVIL,
            unique_aspect=EVIL,
            versus_alternatives=EVIL,
            intents=[EVIL],
            source_urls=["javascript:alert(7)"],
            **{name: [EVIL] for name in ("best_for", "limitations", "requirements")},
        )
    source = make_source("javascript:alert(8)", name=EVIL)
    make_link(artifact, url="javascript:alert(9)")
    make_offer(artifact, provider=EVIL, plan=EVIL, detail=EVIL, source=source)
    make_adoption(artifact, source=source)
    make_reported_result(artifact, benchmark=EVIL, metric=EVIL, reported_by=EVIL, source=source)
    for field in ("openness", "licence", "parameter_count"):
        make_fact(artifact, field, "x", source=source)
    suite = make_suite()
    suite.prompts.update(text=EVIL)
    run = make_run(artifact, suite, [1, 0, 1, 0, 1, None])
    make_run(other, suite, [0, 1, 1, 0, 1, 1])
    run.samples.filter(status="filtered").update(reason=EVIL)
    Score.objects.filter(sample__run=run, value=1).update(reason=EVIL)
    build_matchgraph(embedder)
    compute_rank(as_of=TODAY)
    return artifact


@pytest.mark.parametrize("path", PAGES)
def test_no_page_obeys_what_it_shows(client: Client, evil: Artifact, path: str) -> None:
    html = client.get(path, follow=True, headers={"user-agent": "Mozilla"}).content.decode()
    finder = Finder()
    finder.feed(html)
    assert finder.dangers == []
    assert "&lt;script&gt;alert" in html or "evil" in html or path == "/suites/"
    assert all(json.loads(data) for data in finder.data)


def test_run_records_are_escaped_too(client: Client, evil: Artifact) -> None:
    for run in evil.recipes.get().runs.all():
        finder = Finder()
        finder.feed(client.get(run.get_absolute_url()).content.decode())
        assert finder.dangers == []


def test_about_keeps_harmless_markup(client: Client, evil: Artifact) -> None:
    html = client.get("/artifact/evil/").content.decode()
    assert "<strong>strong</strong>" in html
    assert "&lt;b onclick=alert(4)&gt;" in html


@pytest.mark.parametrize("path", ["/artifact/evil.md", "/compare/evil-vs-other.md"])
def test_markdown_twins_hold_no_markup(client: Client, evil: Artifact, path: str) -> None:
    response = client.get(path)
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    text = response.content.decode()
    assert not re.search(r"(?<!\\)<(script|img|b)", text)
    assert "javascript:" not in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", line)) in {4, 5} for line in tables)

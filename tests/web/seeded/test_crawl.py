"""A bounded crawl of the seed catalogue; ``python -m tests.web.crawl`` reads all of it."""

import pytest

from catalog.models import Artifact
from tests.web.crawl import Crawl, Reading, chosen_pairs, squeezed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_no_error_no_broken_link_and_no_page_against_its_json() -> None:
    known = sorted(Artifact.objects.values_list("slug", flat=True))
    slugs = sorted({*known[::30], "sdnext", "tiny-a", "tiny-b", "gpt-5-4-image-2"})
    pairs = [*chosen_pairs(slugs, 20), ("tiny-a", "tiny-b")]
    found = Crawl(slugs, pairs, known=known).run()
    assert found.problems == []
    assert found.n_pages["compare"] > 20
    assert found.n_values > 500


def test_the_crawler_sees_what_is_wrong() -> None:
    crawl = Crawl(["sdnext"], [], known=["sdnext"])
    page = Reading(
        '<p id="a">One <b>two</b></p><svg><text>3</text></svg><a href="/artifact/nobody/">x</a><a href="#b">'
    )
    assert page.text == "Onetwox"
    assert list(crawl._links("/", page)) == ["/"]
    crawl.anchors["/"] = set(page.anchors)
    crawl._check_anchors()
    crawl._check_artifact("sdnext", page)
    list(crawl._read("/nothing-here/"))
    said = squeezed(" ".join(crawl.findings.problems))
    for problem in (
        "linksto/artifact/nobody/",
        "/#b,whichisnowhere",
        "doesnotsay“SD.Next",
        "404at/nothing-here/",
    ):
        assert problem in said, problem

"""What holds for all pages of a full site: links, anchors, policy, twins."""

import random
import re
from collections import Counter, deque

import pytest
from django.test import Client

from web.pages.artifact.page import artifact_page
from web.pages.compare.page import compare_page

pytestmark = pytest.mark.django_db
# Of pages that there are hundreds of, one in so many is followed.
SAMPLED = {"compare": 100, "search": 20, "artifact": 8, "alternatives": 8, "badge": 20}
HREF = re.compile(r'(?:href|src)="(/[^"#]*)(?:#[^"]*)?"')


def test_robots_names_the_sitemap_and_the_sitemap_its_pages(client: Client) -> None:
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()
    index = client.get("/sitemap.xml").content.decode()
    assert "<loc>http://testserver/sitemap-pages.xml</loc>" in index
    listing = client.get("/sitemap-pages.xml").content.decode()
    assert "<loc>http://testserver/artifact/sdnext/</loc><lastmod>" in listing
    assert "tiny-a" not in listing


def test_the_policy_allows_nothing_inline(client: Client) -> None:
    response = client.get("/compare/flux-1-pro-vs-sdnext/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    html = response.content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert html.count("<script") == html.count('<script type="application/ld+json"')


@pytest.mark.slow
def test_no_link_leads_nowhere(client: Client) -> None:
    """Follow links from the home page; of kinds with hundreds of pages a sample."""
    seen, queue, met = {"/"}, deque(["/"]), Counter[str]()
    while queue:
        path = queue.popleft()
        response = client.get(path.replace("&amp;", "&"), follow=True)
        assert response.status_code == 200, path
        if "html" not in response["Content-Type"]:
            continue
        for link in HREF.findall(response.content.decode()):
            kind = link.split("/")[1].split("?")[0]
            met[kind] += link not in seen
            is_sampled = met[kind] % SAMPLED.get(kind, 1) == 0
            if link not in seen and is_sampled and not link.startswith(("/static/", "/media/")):
                seen.add(link)
                queue.append(link)
    assert len(seen) > 80


def test_every_place_pointed_to_on_a_page_exists(client: Client) -> None:
    for path in ("/compare/flux-1-pro-vs-gpt-5-4-image-2/", "/artifact/sdnext/", "/methodology/"):
        html = client.get(path).content.decode()
        for anchor in re.findall(r'href="#([^"]+)"', html):
            assert f'id="{anchor}"' in html, anchor
        ids = re.findall(r' id="([^"]+)"', html)
        assert len(ids) == len(set(ids))


def test_the_markdown_twin_is_announced_and_says_the_same(client: Client) -> None:
    response = client.get("/artifact/sdnext/")
    assert 'rel="alternate"; type="text/markdown"' in response["Link"]
    page = artifact_page("sdnext")
    assert page is not None
    assert page.entry is not None
    text = client.get("/artifact/sdnext.md").content.decode()
    assert f"{page.entry.score:.1f} of 100" in text
    for item in page.capabilities:
        assert f"### {item.note.name}" in text.replace("\\", "")


def test_linked_data_claims_no_rating(client: Client) -> None:
    html = client.get("/artifact/stable-diffusion-3-5-large/").content.decode()
    assert '"@type": "SoftwareApplication"' in html
    assert '"@type": "BreadcrumbList"' in html
    assert "AggregateRating" not in html


def test_every_statement_points_to_a_place_on_the_page(client: Client) -> None:
    page = compare_page("flux-1-pro", "stable-diffusion-3-5-large")
    assert page is not None
    html = client.get(page.meta.path).content.decode()
    assert page.verdict.statements
    for statement in page.verdict.statements:
        assert f'id="{statement.anchor}"' in html
    assert "noindex" not in html


def test_the_sitemap_lists_the_comparisons_that_have_something_to_say(client: Client) -> None:
    assert "sitemap-compare-1.xml" in client.get("/sitemap.xml").content.decode()
    listing = client.get("/sitemap-compare-1.xml").content.decode()
    paths = re.findall(r"<loc>http://testserver(/compare/[^<]+)</loc><lastmod>", listing)
    assert len(paths) == len(set(paths)) > 20
    for path in random.Random(7).sample(paths, 12):
        assert "noindex" not in client.get(path).content.decode(), path
    assert "tiny-a" not in listing
    for number in (0, 2):
        assert client.get(f"/sitemap-compare-{number}.xml").status_code == 404

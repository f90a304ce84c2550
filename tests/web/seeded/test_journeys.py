"""Whole journeys: choosing down to the evidence, sharing, a phone, the keyboard alone, paper."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from catalog.models import Artifact

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
MOST_TABS = 60
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => { sum += entry.value }))
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(sum), 300);
})"""


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def compare_first_two(page: Page) -> None:
    ticks = page.get_by_role("checkbox", name="Tick to compare")
    ticks.nth(0).check()
    ticks.nth(1).check()
    page.get_by_role("button", name="Compare the ticked, up to four").click()


def test_choose_from_a_wish_to_the_evidence_of_one_picture(page: Page) -> None:
    page.goto("/")
    page.locator("input[type=search]").fill("readable text, open weights")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("answer")
    compare_first_two(page)
    expect(page).to_have_url(re.compile(r"/compare/[a-z0-9-]+-vs-[a-z0-9-]+/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("vs")
    page.goto("/compare/tiny-a-vs-tiny-b/")
    page.get_by_role("link", name=re.compile("^Record")).first.click()
    expect(page).to_have_url(re.compile(r"/runs/\d+/samples/\d+/$"))
    expect(page.get_by_role("heading", name="Every score")).to_be_visible()
    expect(page.get_by_role("heading", name="What the readers saw")).to_be_visible()


def test_what_is_shared_leads_to_the_same_page_with_a_picture(page: Page, site: str) -> None:
    page.goto("/compare/flux-1-dev-vs-stable-diffusion-3-5-large/")
    canonical = str(page.locator("link[rel=canonical]").get_attribute("href"))
    assert canonical == page.url
    reversed_pair = "/compare/stable-diffusion-3-5-large-vs-flux-1-dev/"
    answer = httpx.get(site + reversed_pair)
    assert answer.status_code == 301
    assert answer.headers["Location"] == urlsplit(canonical).path
    shared = {
        name: str(page.locator(f'meta[property="og:{name}"]').get_attribute("content"))
        for name in ("title", "url", "image", "image:alt")
    }
    assert shared["url"] == canonical
    assert "vs" in shared["title"]
    assert shared["image:alt"]
    drawn = httpx.get(shared["image"])
    assert drawn.headers["Content-Type"] == "image/png"


def test_a_phone_goes_all_the_way(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False, **PHONE)
    page = context.new_page()
    page.goto("/")
    page.locator("input[type=search]").fill("readable text on a poster")
    page.get_by_role("button", name="Search").tap()
    compare_first_two(page)
    expect(page.get_by_role("table").first).to_be_visible()
    page.get_by_role("link", name="Leaderboard").first.tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("leaderboard")
    page.locator(".standings th a").first.tap()
    expect(page.locator("#rank")).to_contain_text("of 100")
    context.close()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the element has the focus, which must be seen wherever it is."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        expect(focused).to_be_in_viewport()
        assert focused.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
        if wanted.evaluate("e => e === document.activeElement"):
            return
    pytest.fail("The keyboard does not reach it.")


def test_the_keyboard_alone_searches_ticks_and_compares(page: Page) -> None:
    page.goto("/")
    tab_to(page, page.locator("input[type=search]").first)
    page.keyboard.type("readable text on a poster")
    page.keyboard.press("Enter")
    ticks = page.get_by_role("checkbox", name="Tick to compare")
    expect(ticks.first).to_be_visible()
    for place in (0, 1):
        tab_to(page, ticks.nth(place))
        page.keyboard.press("Space")
        expect(ticks.nth(place)).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("vs")
    tab_to(page, page.get_by_role("checkbox", name="Show only rows that differ"))
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="Show only rows that differ")).to_be_checked()


def test_a_reader_subscribes_by_keyboard_and_is_told_what_follows(page: Page) -> None:
    page.goto("/brief/")
    box = page.get_by_label("Your e-mail address")
    box.focus()
    page.keyboard.type("not an address")
    page.keyboard.press("Enter")
    assert page.url.endswith("/brief/")
    box.fill("")
    page.goto("/brief/subscribed/")
    expect(page.get_by_role("status")).to_contain_text("Nothing is sent before you follow it")


@pytest.mark.parametrize("path", ["/artifact/tiny-a/", "/compare/tiny-a-vs-tiny-b/", "/methodology/"])
def test_paper_shows_what_matters_and_no_forms(page: Page, path: str) -> None:
    page.emulate_media(media="print")
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for hidden in (".need-else", ".site-head .search", ".subscribe", ".enlarged"):
        for element in page.locator(hidden).all():
            expect(element).to_be_hidden()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("path", ["/artifact/tiny-a/", "/suites/lettering/word-0/", "/"])
def test_nothing_shifts_while_pictures_arrive(page: Page, path: str) -> None:
    page.goto(path)
    page.mouse.wheel(0, 2_000)
    assert page.evaluate(SHIFT) < 0.01
    for picture in page.locator(".stage img").all():
        assert picture.get_attribute("width")
        assert picture.get_attribute("height")
        assert picture.get_attribute("loading") == "lazy"


def test_no_page_asks_another_host(page: Page, site: str) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    slug = Artifact.objects.ranked().values_list("slug", flat=True)[0]
    for path in ("/", f"/artifact/{slug}/", "/compare/tiny-a-vs-tiny-b/", "/brief/", "/leaderboard/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert hosts == {urlsplit(site).netloc}

"""What only a browser can tell: nothing overflows, the keyboard reaches everything, no script is needed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.seeded.pages import PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WIDTHS = (360, 768, 1280, 1600)
# Of the kinds of pages those that differ in what may overflow.
PAGES = tuple(path for path in PUBLIC if not path.startswith(("/accounts/", "/styleguide/", "/brief/sub")))
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
COUNT_ELEMENTS = "document.querySelectorAll('*').length"
SKIPPED_HEADINGS = """() => [...document.querySelectorAll('h1, h2, h3, h4')].map(e => +e.tagName[1])
  .filter((level, i, all) => i && level > all[i - 1] + 1).length"""
# WCAG 2.5.8: 24 px, or inline in a sentence.
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, summary, input:not([type=hidden])')]
  .filter(e => e.checkVisibility() && !e.closest('p, li, dd, td, th, h1, h2, h3, h4, figcaption, label')
    && (e.getBoundingClientRect().height < 23.9 || e.getBoundingClientRect().width < 23.9))
  .map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A browser without script: every page must do without."""
    opened = browser.new_context(
        base_url=site, java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    yield opened
    opened.close()


def test_every_page_fits_every_screen(browser: Browser, site: str) -> None:
    complaints: list[str] = []
    for scheme in ("light", "dark"):
        context = browser.new_context(base_url=site, color_scheme=scheme)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        for path in PAGES:
            page.goto(path)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate(OVERFLOW) == 0, (path, width)
                assert page.evaluate(SMALL_TARGETS) == [], (path, width)
        context.close()
    # The page of unknown names is a 404, which the browser writes to its console.
    assert [line for line in complaints if "404" not in line] == []


def test_the_parser_mends_nothing(browser: Browser, site: str) -> None:
    """As many elements as start tags: no tag was closed, moved or dropped behind our back."""
    page = browser.new_page(base_url=site)
    for path in PAGES:
        response = page.goto(path)
        assert response is not None
        n_tags = len(re.findall(r"<[a-zA-Z][^>]*>", response.text()))
        assert page.evaluate(COUNT_ELEMENTS) == n_tags, path
        assert page.evaluate(SKIPPED_HEADINGS) == 0, path
    page.close()


def test_pictures_are_loaded_and_enlarged_pixel_by_pixel(browser: Browser, site: str) -> None:
    page = browser.new_page(base_url=site)
    page.goto("/compare/tiny-a-vs-tiny-b/")
    for picture in page.locator(".picture img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("naturalWidth", 16)
        expect(picture).to_have_css("image-rendering", "pixelated")
    expect(page.locator(".no-picture").first).to_contain_text("refused by the filter")
    page.close()


def test_every_page_offers_a_search_that_is_seen(context: BrowserContext) -> None:
    page = context.new_page()
    for path in ("/", "/search?q=posters", "/about/", "/artifact/sdnext/", "/leaderboard/", "/nothing-here/"):
        page.goto(path)
        for box in page.locator("input[type=search]").all():
            expect(box).to_be_visible()
        expect(page.locator("input[type=search]").first).to_be_visible()
        if page.get_by_role("heading", name="Looking for something else?").count():
            expect(page.locator(".need-else input")).to_be_visible()


def test_a_picture_is_shown_large_and_closed_without_script(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/artifact/tiny-a/")
    large = page.locator(".enlarged").first
    expect(large).to_be_hidden()
    page.locator(".gallery .stage a").first.click()
    expect(large).to_be_visible()
    expect(large.locator("img")).to_be_in_viewport()
    page.keyboard.press("Tab")
    close = large.get_by_role("link", name="Close")
    expect(close).to_be_focused()
    page.keyboard.press("Enter")
    expect(large).to_be_hidden()


def test_choosing_without_script(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/")
    page.locator("input[type=search]").fill("open weights readable text")
    page.keyboard.press("Enter")
    ticks = page.get_by_role("checkbox")
    slugs = sorted(str(ticks.nth(place).get_attribute("value")) for place in range(2))
    ticks.nth(0).check()
    ticks.nth(1).check()
    page.get_by_role("button", name="Compare the ticked, up to four").click()
    expect(page).to_have_url(re.compile(f"/compare/{slugs[0]}-vs-{slugs[1]}/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("vs")
    page.get_by_role("link", name="see the rank").click()
    expect(page.locator("#rank")).to_be_in_viewport()


def test_evidence_and_differences_are_shown_on_demand_without_script(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/compare/flux-1-pro-vs-stable-diffusion-3-5-large/")
    same = page.get_by_role("row").filter(has_text="Measured by us")
    expect(same).to_be_visible()
    page.get_by_role("checkbox", name="Show only rows that differ").check()
    expect(same).to_be_hidden()
    page.goto("/compare/tiny-a-vs-tiny-b/")
    page.get_by_role("link", name="All 6 pairs").click()
    shown = page.locator(".pair").first
    half = shown.get_by_role("radio", name="½")
    expect(half).to_be_hidden()
    shown.get_by_text("Lay one over the other").click()
    half.focus()
    page.keyboard.press("ArrowRight")
    expect(shown.get_by_role("radio", name="¼")).to_be_checked()
    expect(shown.locator(".over")).to_have_css("clip-path", "inset(0px 0px 0px 25%)")


def test_a_volume_is_asked_for_without_script(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/compare/flux-1-pro-vs-stable-diffusion-3-5-large/")
    page.get_by_label("Pictures a month").fill("2000")
    page.get_by_role("button", name="Work it out").click()
    expect(page).to_have_url(re.compile(r"images=2000&size=1024x1024#cost$"))
    expect(page.get_by_label("Pictures a month")).to_have_value("2000")
    expect(page.locator("#cost")).to_contain_text("a month")


def test_long_lists_unfold_without_script(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/compare/gpt-5-4-image-2-vs-sdnext/")
    fold = page.locator("#capabilities details.fold").first
    expect(fold.locator("article").first).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator("article").first).to_be_visible()


def test_the_keyboard_skips_to_the_content(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/leaderboard/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_tables_keep_their_roles_on_a_phone(browser: Browser, site: str) -> None:
    page: Page = browser.new_page(base_url=site, viewport={"width": 360, "height": 800})
    page.goto("/compare/tiny-a-vs-tiny-b/")
    table = page.get_by_role("table", name="Features of Tiny A and Tiny B")
    expect(table.get_by_role("columnheader", name="Tiny A")).to_be_visible()
    expect(table.get_by_role("rowheader", name="Openness")).to_be_visible()
    page.close()

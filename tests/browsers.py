"""The ``browser`` fixture: an installed Chromium or Chrome, or Playwright's own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Only the server under test can be reached.
ARGUMENTS = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]


def executable(playwright: Playwright) -> str | None:
    """Return a browser of this machine; None where there is none."""
    installed = [found for name in COMMANDS if (found := shutil.which(name))]
    candidates = [*installed, *MAC_APPLICATIONS, playwright.chromium.executable_path]
    return next((path for path in candidates if Path(path).exists()), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a running browser; without one on this machine, tests that need it are skipped."""
    # Playwright's event loop runs in the test's thread, where Django then takes every query for a slip.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        found = executable(playwright)
        if found is None:
            pytest.skip("Browser tests need Chromium or Chrome, and none is installed.")
        launched = playwright.chromium.launch(
            executable_path=found, args=ARGUMENTS, chromium_sandbox=os.getuid() != 0
        )
        yield launched
        launched.close()

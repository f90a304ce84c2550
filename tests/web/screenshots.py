"""Pictures of every kind of page, at four widths in both themes: ``python -m tests.web.screenshots URL FOLDER``.

The site must be running, for example by ``manage.py up``. For looking at, beside the checks of the tests.
"""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browsers import ARGUMENTS, executable

WIDTHS = (360, 768, 1280, 1600)
SCHEMES = ("light", "dark")
PAGES = {
    "home": "/",
    "search": "/search?q=readable+text+on+a+poster",
    "artifact": "/artifact/qwen-image/",
    "artifact-measured": "/artifact/tiny-b/",
    "history": "/artifact/qwen-image/history/",
    "alternatives": "/alternatives/qwen-image/",
    "compare": "/compare/flux-1-pro-vs-stable-diffusion-3-5-large/",
    "compare-measured": "/compare/tiny-a-vs-tiny-b/",
    "compare-several": "/compare/flux-1-dev-vs-qwen-image-vs-tiny-b/",
    "leaderboard": "/leaderboard/",
    "leaderboard-suite": "/leaderboard/tiny-anatomy/",
    "category": "/category/text-to-image/",
    "suites": "/suites/",
    "suite": "/suites/tiny-anatomy/",
    "run": "/runs/1/",
    "methodology": "/methodology/",
    "brief": "/brief/",
    "subscribe": "/brief/subscribe/",
    "about": "/about/",
    "builders": "/builders/",
    "disputes": "/artifact/qwen-image/disputes/",
    "api": "/api/v1/docs",
    "missing": "/nothing-here/",
}
# Pictures further down are loaded only when somebody comes near them.
WALK = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 700) {
    scrollTo(0, y);
    await new Promise(done => setTimeout(done, 50));
  }
  scrollTo(0, 0);
}"""
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def take(page: Page, name: str, path: str, file: Path) -> str:
    """Save one page as a picture; return what is wrong with it, in words."""
    answer = page.goto(path)
    page.evaluate(WALK)
    page.screenshot(path=file, full_page=True)
    status = answer.status if answer else 0
    if status >= 500 or (status == 404) != (name == "missing"):
        return f"{path} answered {status}"
    return f"{path} is wider than its window" if page.evaluate(WIDER) else ""


def main() -> int:
    """Take all pictures; return 1 where a page is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url", help="for example http://127.0.0.1:8000")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", choices=sorted(PAGES), default=sorted(PAGES), metavar="PAGE")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    wrong = []
    with sync_playwright() as playwright:
        found = executable(playwright)
        if found is None:
            sys.exit("Screenshots need Chromium or Chrome, and none is installed.")
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS, chromium_sandbox=False)
        for scheme in SCHEMES:
            for width in WIDTHS:
                context = browser.new_context(
                    base_url=asked.url,
                    color_scheme=scheme,  # type: ignore[arg-type]
                    viewport={"width": width, "height": 900},
                )
                page = context.new_page()
                for name in asked.only:
                    file = asked.folder / f"{name}-{width}-{scheme}.png"
                    if problem := take(page, name, PAGES[name], file):
                        wrong.append(f"{problem} ({width} px, {scheme})")
                context.close()
        browser.close()
    print(f"{len(asked.only) * len(WIDTHS) * len(SCHEMES)} pictures in {asked.folder}")
    print("\n".join(wrong) or "No page is broken or wider than its window.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

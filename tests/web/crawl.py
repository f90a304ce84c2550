"""Reads a whole site like a visitor who believes nothing: no error, no broken link, no page against its JSON.

``python -m tests.web.crawl --artifacts 300 --pairs 2000`` reads the site of this machine's database (DATA_DIR or
DATABASE_URL must be served, for example by ``manage.py up``). A bounded crawl of the seed catalogue is a test.
"""

import argparse
import os
import random
import sys
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import combinations
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import django
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

SEED = 7
# Pages that lead to others; of these every link is followed, of artifacts and pairs the chosen ones.
BEGIN = (
    "/",
    "/leaderboard/",
    "/suites/",
    "/methodology/",
    "/about/",
    "/brief/",
    "/builders/",
    "/sitemap.xml",
)
CHOSEN = ("/artifact/", "/alternatives/", "/compare/")
# Of one page with this many different questions behind it, no more is asked.
MOST_QUERIES = 30
TEXTLESS = {"script", "style", "svg"}


class Reading(HTMLParser):
    """The words, links and anchors of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.anchors: Counter[str] = Counter()
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._silent += tag in TEXTLESS
        if anchor := found.get("id"):
            self.anchors[anchor] += 1
        if tag in {"a", "link", "img", "form"}:
            links = [found.get(name) for name in ("href", "src", "action")]
            links += [part.split()[0] for part in (found.get("srcset") or "").split(",") if part.strip()]
            self.links += [link for link in links if link]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in TEXTLESS

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)

    @property
    def text(self) -> str:
        """Return what stands on the page as one line without spaces, in which templates may differ."""
        return squeezed("".join(self.words))


def squeezed(text: str) -> str:
    """Return text without white space."""
    return "".join(text.split())


@dataclass
class Findings:
    """What was read, and everything that is wrong."""

    n_pages: Counter[str] = field(default_factory=Counter)
    n_links: int = 0
    n_values: int = 0
    problems: list[str] = field(default_factory=list)


class Crawl:
    """One reading of a site."""

    def __init__(
        self, slugs: Iterable[str], pairs: Iterable[tuple[str, str]], *, known: Iterable[str]
    ) -> None:
        self.client = Client(raise_request_exception=False)
        self.findings = Findings()
        self.slugs = set(slugs)
        self.pairs = {"-vs-".join(pair) for pair in pairs}
        self.known = set(known)
        self.seen: set[str] = set()
        self.queries: Counter[str] = Counter()
        self.anchors: dict[str, set[str]] = {}
        self.wanted: set[tuple[str, str, str]] = set()
        self.scores: dict[str, set[float]] = {}

    def run(self, *, seconds: float = float("inf")) -> Findings:
        """Read everything, or what can be read in so many seconds, in an order that favours nothing."""
        until = time.monotonic() + seconds
        own = [f"/artifact/{slug}/" for slug in sorted(self.slugs)]
        own += [f"/alternatives/{slug}/" for slug in sorted(self.slugs)]
        own += [f"/compare/{pair}/" for pair in sorted(self.pairs)]
        random.Random(SEED).shuffle(own)
        queue = deque([*BEGIN, *own])
        self.seen.update(queue)
        while queue and time.monotonic() < until:
            for link in self._read(queue.popleft()):
                if link not in self.seen:
                    self.seen.add(link)
                    queue.append(link)
        self._check_anchors()
        for slug, scores in self.scores.items():
            if len(scores) > 1:
                self._say(f"{slug} has several ranks: {sorted(scores)}")
        return self.findings

    def _say(self, problem: str) -> None:
        self.findings.problems.append(problem)

    def _read(self, path: str) -> Iterator[str]:
        """Read one page, hold it against its JSON, and yield the links to follow."""
        if path.startswith(settings.STATIC_URL):
            self._check_file(urlsplit(path).path.removeprefix(settings.STATIC_URL))
        else:
            yield from self._read_page(path)

    def _check_file(self, name: str) -> None:
        """See that there is such a file; a server in front gives it out."""
        if not (staticfiles_storage.exists(name) or finders.find(name)):
            self._say(f"no static file {name}")

    def _read_page(self, path: str) -> Iterator[str]:
        kind = urlsplit(path).path.split("/")[1] or "home"
        self.findings.n_pages[kind] += 1
        answer = self.client.get(path, follow=True)
        if answer.status_code != 200:
            self._say(f"{answer.status_code} at {path}")
            return
        if answer.streaming:
            # Read to its end, which closes it: closed by hand, it would take the database's connection along.
            for _ in answer:
                pass
            return
        if "html" not in answer["Content-Type"]:
            return
        page = Reading(answer.content.decode())
        self.anchors[path] = set(page.anchors)
        for anchor, n in page.anchors.items():
            if n > 1:
                self._say(f"{path} has #{anchor} {n} times")
        parts = path.split("/")
        if kind == "artifact" and len(parts) == 4:
            self._check_artifact(parts[2], page)
        if kind == "compare" and len(parts) == 4 and parts[2]:
            self._check_pair(parts[2], page)
        yield from self._links(path, page)

    def _links(self, path: str, page: Reading) -> Iterator[str]:
        for link in page.links:
            if urlsplit(link).scheme in {"http", "https"} and not link.startswith("http://testserver/"):
                continue
            if link.startswith(("mailto:", "data:")):
                continue
            target, anchor = urldefrag(urljoin(path, link.removeprefix("http://testserver")))
            if anchor:
                self.wanted.add((path, target, anchor))
            self.findings.n_links += 1
            if self._is_followed(target, path):
                yield target

    def _is_followed(self, target: str, path: str) -> bool:
        """Return whether to read a page; one of hundreds alike must at least be about what there is."""
        if "?" in target:
            self.queries[urlsplit(target).path] += target not in self.seen
            return self.queries[urlsplit(target).path] <= MOST_QUERIES
        if not target.startswith(CHOSEN) or target == "/compare/":
            return True
        name = target.split("/")[2].rsplit(".", 1)[0]
        slugs = name.split("-vs-")
        if set(slugs) - self.known or slugs != sorted(slugs):
            self._say(f"{path} links to {target}, of which there is no page")
        return name in self.slugs or name in self.pairs

    def _check_anchors(self) -> None:
        for path, target, anchor in sorted(self.wanted):
            if target in self.anchors and anchor not in self.anchors[target]:
                self._say(f"{path} points to {target}#{anchor}, which is nowhere")

    def _check_artifact(self, slug: str, page: Reading) -> None:
        said = self._json(f"/api/v1/artifacts/{slug}")
        if not said:
            return
        entry = said["rank_entry"]
        values = [
            said["name"],
            said["summary"],
            said["pricing"],
            *(price["text"] for price in said["prices"]),
        ]
        values += [item["name"] for item in said["capabilities"]]
        if entry:
            self.scores.setdefault(slug, set()).add(entry["score"])
            values += [f"{entry['score']:.1f}", f"{entry['low']:.1f} to {entry['high']:.1f}"]
            values += [part["label"] for part in entry["components"]]
        self._expect(f"/artifact/{slug}/", page.text, values)

    def _check_pair(self, pair: str, page: Reading) -> None:
        said = self._json(f"/compare/{pair}.json")
        if not said:
            return
        values = [said["headline"], *(statement["text"] for statement in said["statements"])]
        for row in said["features"]:
            values += [row["label"], *(cell["text"] for cell in row["cells"])]
        for side in said["sides"]:
            if side["rank"]:
                self.scores.setdefault(side["slug"], set()).add(side["rank"]["value"])
                values.append(f"{side['rank']['value']:.1f}")
        self._expect(f"/compare/{pair}/", page.text, values)

    def _expect(self, path: str, text: str, values: Sequence[str]) -> None:
        for value in values:
            self.findings.n_values += 1
            if squeezed(value) not in text:
                self._say(f"{path} does not say “{value}”, its JSON does")

    def _json(self, path: str) -> dict[str, Any]:
        # One address would soon have asked the API for more than it gives to one.
        n = self.findings.n_values
        answer = self.client.get(path, REMOTE_ADDR=f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}")
        if answer.status_code != 200:
            self._say(f"{answer.status_code} at {path}")
            return {}
        return dict(answer.json())


def chosen_pairs(slugs: Sequence[str], n: int) -> list[tuple[str, str]]:
    """Return ``n`` pairs of artifacts, or all that there are, always the same of one catalogue."""
    every = list(combinations(sorted(slugs), 2))
    return random.Random(SEED).sample(every, min(n, len(every)))


def main() -> int:
    """Crawl the site that the settings name; return 1 where anything is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--artifacts", type=int, default=300)
    parser.add_argument("--pairs", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="read no longer than this")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    os.environ.setdefault("LOG_LEVEL", "CRITICAL")
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - settings are there only now

    from catalog.models import Artifact  # noqa: PLC0415 - so are models

    settings.ALLOWED_HOSTS = ["testserver"]
    known = list(Artifact.objects.order_by("slug").values_list("slug", flat=True))
    slugs = known[: asked.artifacts]
    began = time.monotonic()
    found = Crawl(slugs, chosen_pairs(slugs, asked.pairs), known=known).run(seconds=asked.seconds)
    print(f"{sum(found.n_pages.values())} pages in {time.monotonic() - began:.0f} s: {dict(found.n_pages)}")
    print(f"{found.n_links} links, {found.n_values} values held against JSON, {len(found.problems)} problems")
    for problem, n in Counter(found.problems).most_common(50):
        print(f"{n} × {problem}")
    return bool(found.problems)


if __name__ == "__main__":
    sys.exit(main())

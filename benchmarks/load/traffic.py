"""People and programs who use the site at once: what they ask for, what they got and when."""

import asyncio
import random
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

# What somebody does next, and how often of a hundred times.
MIX = {"page": 50, "search": 14, "API": 16, "badge": 12, "vote": 8}
PAGES = ("/", "/leaderboard/", "/methodology/", "/suites/", "/brief/", "/about/")
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
RESULT = re.compile(r'href="(/search/[0-9a-f-]{36}/([\w-]+)/)')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
# A search is written down beside its request; a person reads longer than that before opening a result.
READING_S = 0.5
PATIENCE_S = 65.0
# Gunicorn closes a connection that was idle for two seconds; a request on its way then would be cut off.
KEPT_OPEN_S = 1.5
# So often somebody else comes, from another address: people behind one address share its allowance.
VISIT = 20


@dataclass(frozen=True)
class Answer:
    """One request: ``at`` on the clock of the run in seconds, ``status`` 0 where no answer came."""

    kind: str
    path: str
    at: float
    seconds: float
    status: int
    is_late: bool = False

    @property
    def is_failure(self) -> bool:
        """Whether somebody did not get what they asked for through no fault of theirs."""
        return self.status == 0 or self.status >= 500


@dataclass(frozen=True)
class Subjects:
    """What there is to ask for: slugs in the order of their popularity, searches, and the name of the host."""

    slugs: Sequence[str]
    queries: Sequence[str]
    host: str


class Traffic:
    """Users in a thread of their own; each waits ``think_s`` on average between two things."""

    def __init__(self, url: str, subjects: Subjects, *, users: int, think_s: float) -> None:
        self.url, self.subjects, self.users, self.think_s = url, subjects, users, think_s
        self.answers: list[Answer] = []
        # Votes that the site said it has taken, search and artifact, and when.
        self.votes: dict[tuple[str, str], float] = {}
        self.began = time.monotonic()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="traffic")

    def start(self) -> None:
        """Let them in."""
        self._thread.start()

    def stop(self) -> None:
        """Let everybody finish what they are at."""
        self._is_over.set()
        self._thread.join()

    def now(self) -> float:
        """Return the seconds since the run began."""
        return time.monotonic() - self.began

    async def _run(self) -> None:
        limits = httpx.Limits(
            max_connections=self.users, max_keepalive_connections=self.users, keepalive_expiry=KEPT_OPEN_S
        )
        transport = httpx.AsyncHTTPTransport(limits=limits)
        async with asyncio.TaskGroup() as group:
            for number in range(self.users):
                group.create_task(_User(self, random.Random(number), transport).live())  # noqa: S311
        await transport.aclose()

    def is_over(self) -> bool:
        """Whether the run has ended."""
        return self._is_over.is_set()


class _User:
    """One of them. Cookies and address are a visit's; the next visit is somebody else's."""

    def __init__(self, traffic: Traffic, rng: random.Random, transport: httpx.AsyncBaseTransport) -> None:
        self.traffic, self.rng, self.transport = traffic, rng, transport
        self.subjects = traffic.subjects

    async def live(self) -> None:
        """Come again and again until the run is over."""
        while not self.traffic.is_over():
            client = self._client()
            for kind in self.rng.choices(list(MIX), weights=list(MIX.values()), k=VISIT):
                if self.traffic.is_over():
                    break
                await self._do(client, kind)
                await asyncio.sleep(self.rng.expovariate(1 / self.traffic.think_s))

    def _client(self) -> httpx.AsyncClient:
        address = ".".join(str(self.rng.randrange(1, 255)) for _ in range(4))
        headers = {
            "Host": self.subjects.host,
            "User-Agent": BROWSER,
            "X-Forwarded-For": address,
            "X-Forwarded-Proto": "https",
            "Referer": f"https://{self.subjects.host}/",
        }
        # The transport is everybody's and is closed at the end of the run, so clients need no closing.
        return httpx.AsyncClient(
            base_url=self.traffic.url, headers=headers, transport=self.transport, timeout=PATIENCE_S
        )

    async def _do(self, client: httpx.AsyncClient, kind: str) -> None:
        if kind == "vote":
            await self._vote(client)
        else:
            await self._ask(client, kind, self._path(kind))

    def _path(self, kind: str) -> str:
        slug, other = self._slug(), self._slug()
        first, second = sorted((slug, other))
        query = str(httpx.QueryParams(q=self.rng.choice(self.subjects.queries)))
        choices = {
            "page": (
                self.rng.choice(PAGES),
                f"/artifact/{slug}/",
                f"/artifact/{slug}/",
                f"/compare/{first}-vs-{second}/" if first != second else f"/artifact/{slug}.md",
                f"/alternatives/{slug}/",
            ),
            "search": (f"/search?{query}",),
            "API": (
                "/api/v1/artifacts?limit=20",
                f"/api/v1/artifacts/{slug}",
                f"/api/v1/search?{query}",
                "/api/v1/ranks?limit=20",
            ),
            "badge": (f"/badge/{slug}.svg", f"/badge/{slug}.json"),
        }
        return self.rng.choice(choices[kind])

    def _slug(self) -> str:
        # Few are asked for often, and every one now and then.
        place = int(len(self.subjects.slugs) ** self.rng.random()) - 1
        return self.subjects.slugs[place]

    async def _vote(self, client: httpx.AsyncClient) -> None:
        """Search, open a result as a person does, and say that it helped."""
        found = await self._ask(client, "search", self._path("search"))
        results = RESULT.findall(found.text) if found is not None else []
        if not results:
            return
        opened, slug = self.rng.choice(results)
        event = opened.split("/")[2]
        await asyncio.sleep(READING_S)
        page = await self._ask(client, "page", f"/artifact/{slug}/?from={event}")
        token = TOKEN.search(page.text) if page is not None else None
        if page is None or token is None:
            return
        # A secure cookie, which a client that speaks plain HTTP to the server behind the proxy would keep back.
        client.headers["Cookie"] = f"csrftoken={page.cookies['csrftoken']}"
        body = {"csrfmiddlewaretoken": token[1], "said": "helped"}
        answer = await self._ask(client, "vote", f"{opened}vote/", body=body)
        if answer is not None and answer.status_code == 302:
            self.traffic.votes[event, slug] = self.traffic.now()

    async def _ask(
        self, client: httpx.AsyncClient, kind: str, path: str, *, body: dict[str, str] | None = None
    ) -> httpx.Response | None:
        """Make one request and write down how it went; return the answer where it is a good one."""
        at, began = self.traffic.now(), time.perf_counter()
        response: httpx.Response | None = None
        try:
            response = await client.request("POST" if body else "GET", path, data=body)
        except httpx.HTTPError as error:
            path = f"{path} ({type(error).__name__})"
            # Refused or cut off: nobody listens on the other side. People wait before they try again.
            await asyncio.sleep(1)
        status = response.status_code if response is not None else 0
        is_late = response is not None and "Age" in response.headers
        seconds = time.perf_counter() - began
        self.traffic.answers.append(Answer(kind, path, at, seconds, status, is_late))
        return response if status < 400 else None

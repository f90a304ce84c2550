"""``make bench``: what pages cost on the seed catalogue, as multiples of an empty view in the same run."""

import shutil
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.embedded import places
from config.embedded.postgres import start_postgres

PAGES = (
    "/",
    "/search?q=readable+text+on+a+poster",
    "/artifact/flux-1-pro/",
    "/compare/flux-1-pro-vs-stable-diffusion-3-5-large/",
    "/leaderboard/",
    "/methodology/",
)
# Answers two letters without a query: the floor under every page of this server.
FLOOR = "/healthz"
REPEATS = 30


@dataclass(frozen=True)
class Cost:
    """What one page takes: milliseconds (median and 95th percentile), queries and bytes."""

    median_ms: float
    p95_ms: float
    n_queries: int
    n_bytes: int


def measure(client: Client, path: str) -> Cost:
    """Ask for a page again and again; the first answer, which fills caches, does not count."""
    client.get(path)
    times_ms = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        response = client.get(path)
        times_ms.append((time.perf_counter() - began) * 1_000)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    if response.status_code != 200:
        message = f"{path} answers with {response.status_code}"
        raise RuntimeError(message)
    p95_ms = statistics.quantiles(times_ms, n=20)[-1]
    return Cost(statistics.median(times_ms), p95_ms, len(queries), len(response.content))


def main() -> None:
    """Make a site in an empty data directory, measure its pages, and throw it away."""
    data_dir: Path = settings.DATA_DIR
    server = start_postgres(data_dir, log=data_dir / "postgres.log", durable=False)
    try:
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        for step in ("load_catalogue", "build_matchgraph", "compute_rank"):
            call_command(step)
        print(f"\n{'page':<55} {'median':>9} {'p95':>9} {'x floor':>8} {'queries':>8} {'size':>9}")
        client = Client(headers={"host": "localhost"})
        floor = measure(client, FLOOR)
        for path in (FLOOR, *PAGES):
            cost = measure(client, path)
            print(
                f"{path:<55} {cost.median_ms:>6.1f} ms {cost.p95_ms:>6.1f} ms"
                f" {cost.median_ms / floor.median_ms:>8.1f} {cost.n_queries:>8} {cost.n_bytes / 1_024:>6.1f} kB"
            )
    finally:
        connection.close()
        server.stop()
        places.release_socket_dir(data_dir)
        shutil.rmtree(data_dir)


if __name__ == "__main__":
    main()

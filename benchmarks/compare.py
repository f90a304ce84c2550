"""``python -m benchmarks.compare [N]``: requests per second of comparisons among N artifacts (100,000).

One gunicorn process with one thread answers one client, which asks in turns for an empty view, for a
comparison that is kept, for comparisons that nobody has asked for yet (of the same 60 artifacts, so that
their sides are known), and for comparisons of artifacts that nobody has asked for either. The turns share
whatever else the machine does; the ratios are what counts. Database and files are thrown away.
"""

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

N_ARTIFACTS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ROUNDS = 12
PER_ROUND = 10
POPULAR = 60
AIMS = {"kept": 0.60, "known sides": 0.10}
STARTS_WITHIN_S = 60


def main() -> None:
    """Make a catalogue, serve it, measure, and say which aims were reached."""
    with tempfile.TemporaryDirectory(prefix="unfragile-bench-") as folder:
        data_dir = Path(folder)
        data_dir.chmod(0o711)
        (data_dir / "static").mkdir()
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATA_DIR": folder,
            "LOG_LEVEL": "WARNING",
        }
        from config.embedded import places  # noqa: PLC0415 - after the environment is set
        from config.embedded.postgres import start_postgres  # noqa: PLC0415

        server = start_postgres(data_dir, log=data_dir / "postgres.log", durable=False)
        try:
            slugs = _filled()
            _measured(slugs)
        finally:
            server.stop()
            places.release_socket_dir(data_dir)


def _filled() -> list[str]:
    """Fill the database and publish a rank; return the slugs, the most downloaded first."""
    import django  # noqa: PLC0415 - after the environment is set

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after setup
    from django.db import connection  # noqa: PLC0415

    from benchmarks.make_catalogue import make_catalogue  # noqa: PLC0415
    from catalog.models import Artifact  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    for done in make_catalogue(N_ARTIFACTS):
        print(f"\r{done:,} artifacts", end="", flush=True)
    call_command("compute_rank")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    slugs = list(Artifact.objects.ranked().values_list("slug", flat=True))
    connection.close()
    return slugs


def _measured(slugs: list[str]) -> None:
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    alone = ["--workers", "1", "--threads", "1", "--no-control-socket"]
    with subprocess.Popen([*command, *alone]) as web:  # noqa: S603 - our own command
        try:
            _wait(port)
            _report(_turns(port, slugs))
        finally:
            web.terminate()


def _turns(port: int, slugs: list[str]) -> dict[str, list[float]]:
    """Return the seconds of every request by what was asked for."""
    rng = random.Random(7)  # noqa: S311 - which pairs are asked for, no secret
    popular = [sorted(pair) for pair in combinations(slugs[:POPULAR], 2)]
    rng.shuffle(popular)
    others = slugs[POPULAR:]
    rng.shuffle(others)
    known = (f"/compare/{a}-vs-{b}/" for a, b in popular)
    unknown = (
        f"/compare/{'-vs-'.join(sorted(pair))}/" for pair in zip(others[::2], others[1::2], strict=False)
    )
    kept = "/compare/{}-vs-{}/".format(*sorted(slugs[:2]))
    kinds: dict[str, Iterator[str]] = {
        "empty view": iter(lambda: "/healthz", ""),
        "kept": iter(lambda: kept, ""),
        "known sides": known,
        "new sides": unknown,
    }
    client = http.client.HTTPConnection("127.0.0.1", port)
    for path in (kept, *(next(known) for _ in range(2 * POPULAR))):
        _seconds(client, path)
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind, paths in kinds.items():
            seconds[kind] += [_seconds(client, next(paths)) for _ in range(PER_ROUND)]
    return seconds


def _seconds(client: http.client.HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    client.request("GET", path, headers={"Host": "localhost", "Accept-Encoding": "gzip"})
    answer = client.getresponse()
    answer.read()
    if answer.status != http.HTTPStatus.OK:
        message = f"{path} answers with {answer.status}"
        raise RuntimeError(message)
    return time.perf_counter() - began


def _report(seconds: dict[str, list[float]]) -> None:
    medians = {kind: statistics.median(found) for kind, found in seconds.items()}
    print(
        f"\nload {os.getloadavg()[0]:.1f}\n{'asked for':<14} {'median':>9} {'requests/s':>11} {'of empty':>9}"
    )
    for kind, median in medians.items():
        share = medians["empty view"] / median
        aim = AIMS.get(kind)
        said = "" if aim is None else f"  aim {aim:.0%} {'reached' if share >= aim else 'not reached'}"
        print(f"{kind:<14} {median * 1e3:>6.2f} ms {1 / median:>11.0f} {share:>9.0%}{said}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    message = "the web server does not answer"
    raise RuntimeError(message)


if __name__ == "__main__":
    main()

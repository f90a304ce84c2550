"""``python -m benchmarks.export [N]``: all of N artifacts (100,000) as lines of JSON, against PostgreSQL alone.

The floor is PostgreSQL's own ``COPY (SELECT row_to_json(…)) TO STDOUT`` of the same joined rows, received and
dropped by a client. Beside it what goes through the site's views: lines and Parquet as of now, and the file of a
dump, which was written once; with the time to the first byte and the memory of the whole process. The server is
this run's own and thrown away.
"""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchmarks.site import peak_megabytes, promise, set_defaults, throwaway_site

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
FIRST_BYTE_MS = 100
# What the lines add to the process, which has the whole site loaded.
MAX_MEGABYTES = 20
REPEATS = 3
DUMP = "20261101T073300000000-000000000000"
FILE = "artifacts.ndjson"
FILL = (
    "SET session_replication_role = replica",  # Nothing here refers to what is not there: no need to look.
    "INSERT INTO catalog_publisher (slug, name, url) VALUES ('acme', 'Acme', '')",
    """INSERT INTO catalog_sourcerecord (kind, name, url, observed_on)
       VALUES ('registry', 'Registry', 'https://example.org', '2026-11-01')""",
    """INSERT INTO catalog_artifact (slug, name, kind, publisher_id, summary, about, inputs, outputs, best_for,
           limitations, requirements, openness, licence_id, licence_name, licence_outputs_commercial,
           licence_weights_commercial, parameter_count, created_at, updated_at)
       SELECT 'model-' || n, 'Model ' || n, 'model', 1, 'Makes pictures from words, number ' || n,
           repeat('What it does, in a sentence. ', 8), '{text}', '{image}', '{posters}', '{hands}', '{12 GB}',
           'open-weights', 'Apache-2.0', 'Apache 2.0', 'yes', 'yes', n * 1000, now(), now()
       FROM generate_series(1, %(n)s) AS n""",
    """INSERT INTO catalog_capability (artifact_id, position, name, description, input_types, output_types,
           intents, confidence, origin)
       SELECT a.id, k, 'Capability ' || k, repeat('What it does. ', 6), '{text}', '{image}',
           '{write words on a poster}', 'high', 'curated'
       FROM catalog_artifact a, generate_series(0, 2) AS k""",
    """INSERT INTO catalog_offer (artifact_id, kind, provider, plan, unit, amount, currency, source_id, as_of)
       SELECT id, 'hosted', 'Acme', 'Pay as you go', 'image', 0.04, 'USD', 1, '2026-11-01'
       FROM catalog_artifact""",
    """INSERT INTO catalog_fact (artifact_id, field, value, source_id, observed_on, is_winning)
       SELECT id, field, '"x"', 1, '2026-11-01', true
       FROM catalog_artifact, unnest(ARRAY['licence', 'openness']) AS field""",
    "SET session_replication_role = origin",
    "VACUUM ANALYZE",
)


@dataclass(frozen=True, order=True)
class Sent:
    """What came of one export: seconds, milliseconds to the first byte, lines and bytes."""

    seconds: float
    first_ms: float
    n_lines: int
    n_bytes: int


def main() -> None:
    """Measure, print, and fail where a promise is not kept."""
    with throwaway_site():
        began = time.perf_counter()
        _fill()
        print(f"{ROWS:,} artifacts made in {time.perf_counter() - began:.0f} s")
        _measure()


def _fill() -> None:
    from django.db import connection  # noqa: PLC0415

    from catalog.models import Artifact, Capability, Fact, Offer, SourceRecord  # noqa: PLC0415

    connection.ensure_connection()
    set_defaults(connection.connection, Artifact, Capability, Fact, Offer, SourceRecord)
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {"n": ROWS} if "%(n)s" in statement else None)


def _measure() -> None:
    from django.core.cache import caches  # noqa: PLC0415

    caches["limits"] = caches["default"]
    floor = min(_received(_copied) for _ in range(REPEATS))
    print(
        f"{'COPY TO STDOUT, dropped by a client':<38} {floor.seconds:>7.2f} s {floor.n_bytes / 1e6:>7,.0f} MB"
    )
    _received(lambda: _answered(f"export/{FILE}"))  # The first request loads the whole site.
    before = peak_megabytes()
    print(f"the process with the whole site loaded: {before:.0f} MB")
    lines = _shown("lines as of now", f"export/{FILE}", floor)
    added = peak_megabytes() - before
    _shown("Parquet as of now", "export/artifacts.parquet", floor)
    began = time.perf_counter()
    _write_dump()
    print(f"{'lines written as a dump':<38} {time.perf_counter() - began:>7.2f} s")
    dump = _shown("lines of the dump", f"export/dumps/{DUMP}/{FILE}", floor)
    promise(lines.n_lines == dump.n_lines == ROWS, "every artifact is exported")
    promise(added < MAX_MEGABYTES, f"the lines take less than {MAX_MEGABYTES} MB beside the site")
    promise(lines.first_ms < FIRST_BYTE_MS, f"the first byte leaves within {FIRST_BYTE_MS} ms")
    promise(dump.seconds <= floor.seconds, "a dump is sent at least as fast as COPY writes the joined rows")


def _shown(words: str, path: str, floor: Sent) -> Sent:
    _received(lambda: _answered(path))  # The first fills caches on both sides.
    sent = min(_received(lambda: _answered(path)) for _ in range(REPEATS))
    print(
        f"{words:<38} {sent.seconds:>7.2f} s {sent.n_bytes / 1e6:>7,.0f} MB {sent.seconds / floor.seconds:>6.2f} x COPY"
        f" {ROWS / sent.seconds:>10,.0f} rows/s, first byte {sent.first_ms:.0f} ms, process {peak_megabytes():.0f} MB"
    )
    return sent


def _received(pieces: Callable[[], Iterable[bytes | memoryview]]) -> Sent:
    began = time.perf_counter()
    first_ms, n_lines, n_bytes = 0.0, 0, 0
    for piece in pieces():
        first_ms = first_ms or (time.perf_counter() - began) * 1_000
        n_lines, n_bytes = n_lines + bytes(piece).count(b"\n"), n_bytes + len(piece)
    return Sent(time.perf_counter() - began, first_ms, n_lines, n_bytes)


def _copied() -> Iterable[bytes | memoryview]:
    from django.db import connection  # noqa: PLC0415

    from web.export.statements import ARTIFACTS_EXPORT  # noqa: PLC0415

    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({ARTIFACTS_EXPORT.statement()}) TO STDOUT") as copy,
    ):
        yield from copy


def _answered(path: str) -> Iterable[bytes]:
    from django.test import Client  # noqa: PLC0415

    response = Client().get(f"/api/v1/{path}")
    yield from response
    response.close()


def _write_dump() -> None:
    """Write what a dump has of the artifacts; there is no rank to write beside it."""
    from web.export.dumps import dumps_folder  # noqa: PLC0415
    from web.export.statements import ARTIFACTS_EXPORT  # noqa: PLC0415
    from web.export.stream import Stream  # noqa: PLC0415

    folder = dumps_folder() / DUMP
    folder.mkdir(parents=True)
    digest = hashlib.sha256()
    with (folder / FILE).open("wb") as file:
        for piece in Stream(ARTIFACTS_EXPORT.statement()):
            file.write(piece)
            digest.update(piece)
    manifest = {"snapshot": "0" * 64, "files": {FILE: {"sha256": digest.hexdigest()}}}
    (folder / "manifest.json").write_text(json.dumps(manifest))


if __name__ == "__main__":
    main()

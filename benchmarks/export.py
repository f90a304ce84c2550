"""``python -m benchmarks.export [N]``: all of N artifacts as lines of JSON, against PostgreSQL alone.

The floor is PostgreSQL's own ``COPY`` of the same joined rows to ``/dev/null``: no client, no network. Beside
it the same lines through the site's view, with the time to the first byte and the memory that it took. The
server is this run's own and thrown away.
"""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
FIRST_BYTE_MS = 100
# What the export adds to the process, which has the whole site loaded.
MAX_MEGABYTES = 20
REPEATS = 3
FILL = (
    "INSERT INTO catalog_publisher (slug, name, url) VALUES ('acme', 'Acme', '')",
    """INSERT INTO catalog_sourcerecord (kind, name, url, observed_on, etag, payload_digest)
       VALUES ('registry', 'Registry', 'https://example.org', '2026-11-01', '', '')""",
    """INSERT INTO catalog_artifact (slug, name, aliases, kind, publisher_id, summary, about, inputs, outputs,
           best_for, limitations, requirements, openness, status, licence_id, licence_name, licence_url,
           licence_outputs_commercial, licence_weights_commercial, licence_condition, parameter_count, hub_id,
           github_repo, router_id, package_name, weights_path, is_demonstration, content_digest, created_at,
           updated_at)
       SELECT 'model-' || n, 'Model ' || n, '{}', 'model', 1, 'Makes pictures from words, number ' || n,
           repeat('What it does, in a sentence. ', 8), '{text}', '{image}', '{posters}', '{hands}', '{12 GB}',
           'open-weights', 'active', 'Apache-2.0', 'Apache 2.0', '', 'yes', 'yes', '', n * 1000, '', '', '',
           '', '', false, '', now(), now()
       FROM generate_series(1, %(n)s) AS n""",
    """INSERT INTO catalog_capability (artifact_id, position, name, description, unique_aspect,
           versus_alternatives, best_for, limitations, requirements, input_types, output_types, intents,
           source_urls, confidence, origin)
       SELECT a.id, k, 'Capability ' || k, repeat('What it does. ', 6), '', '', '{}', '{}', '{}', '{text}',
           '{image}', '{write words on a poster}', '{}', 'high', 'curated'
       FROM catalog_artifact a, generate_series(0, 2) AS k""",
    """INSERT INTO catalog_offer (artifact_id, kind, provider, plan, unit, detail, amount, currency, source_id,
           as_of)
       SELECT id, 'hosted', 'Acme', 'Pay as you go', 'image', '', 0.04, 'USD', 1, '2026-11-01'
       FROM catalog_artifact""",
    """INSERT INTO catalog_fact (artifact_id, field, value, source_id, observed_on, is_winning)
       SELECT id, field, '"x"', 1, '2026-11-01', true
       FROM catalog_artifact, unnest(ARRAY['licence', 'openness']) AS field""",
    "ANALYZE",
)


def main() -> None:
    """Measure, print, and fail where a promise is not kept."""
    with tempfile.TemporaryDirectory(prefix="unfragile-bench-") as folder:
        data_dir = Path(folder)
        data_dir.chmod(0o711)
        (data_dir / "static").mkdir()
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATA_DIR": folder,
            "LOG_LEVEL": "WARNING",
        }
        import django  # noqa: PLC0415 - its settings are read from the environment set above

        django.setup()
        from config.embedded import places  # noqa: PLC0415
        from config.embedded.postgres import start_postgres  # noqa: PLC0415

        postgres = start_postgres(data_dir, log=data_dir / "postgres.log", durable=False)
        try:
            _fill()
            _measure()
        finally:
            from django.db import connection  # noqa: PLC0415

            connection.close()
            postgres.stop()
            places.release_socket_dir(data_dir)


def _fill() -> None:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {"n": ROWS} if "%(n)s" in statement else None)


def _measure() -> None:
    floor = min(_floor() for _ in range(REPEATS))
    _exported()  # The first fills caches on both sides.
    before = _peak_megabytes()
    runs = [_exported() for _ in range(REPEATS)]
    seconds, first_ms, n_lines, n_bytes = min(runs)
    megabytes = _peak_megabytes()
    print(f"{n_lines:,} artifacts, {n_bytes / 1e6:,.0f} MB; COPY to /dev/null {floor:.2f} s")
    print(
        f"through the view {seconds:.2f} s, {seconds / floor:.2f} times the floor, {n_lines / seconds:,.0f} rows/s;"
        f" first byte {first_ms:.0f} ms; {megabytes:.0f} MB at most, {megabytes - before:.0f} MB of it for the export"
    )
    _promise(n_lines == ROWS, "every artifact is exported")
    _promise(megabytes - before < MAX_MEGABYTES, f"it takes less than {MAX_MEGABYTES} MB of memory")
    _promise(first_ms < FIRST_BYTE_MS, f"the first byte leaves within {FIRST_BYTE_MS} ms")


def _floor() -> float:
    from django.db import connection  # noqa: PLC0415

    from web.export.statements import ARTIFACTS  # noqa: PLC0415

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f"COPY ({ARTIFACTS}) TO '/dev/null'")
    return time.perf_counter() - began


def _exported() -> tuple[float, float, int, int]:
    """Return seconds, milliseconds to the first byte, lines and bytes of one export through the site."""
    from django.core.cache import caches  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    caches["limits"] = caches["default"]
    began = time.perf_counter()
    response = Client().get("/api/v1/export/artifacts.ndjson")
    first_ms, n_lines, n_bytes = 0.0, 0, 0
    for piece in response:
        first_ms = first_ms or (time.perf_counter() - began) * 1_000
        n_lines, n_bytes = n_lines + piece.count(b"\n"), n_bytes + len(piece)
    return time.perf_counter() - began, first_ms, n_lines, n_bytes


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def _promise(is_kept: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    print(f"{'kept' if is_kept else 'BROKEN'}: {what}")
    if not is_kept:
        sys.exit(1)


if __name__ == "__main__":
    main()

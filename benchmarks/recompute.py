"""``python -m benchmarks.recompute [N]``: the site's own recompute of N made-up artifacts (20,000), whole.

Inputs are read from their tables, hashed, scored, and the entries written with every input behind them; then
the pointer moves. The floor is what PostgreSQL needs in the same run to hand out the tables that are read and
to take the finished entries in. Beside it the same again where nothing changed. The server is this run's own
and thrown away.
"""

import datetime as dt
import io
import sys
import time

from benchmarks.site import peak_megabytes, throwaway_site

ARTIFACTS = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
AS_OF = dt.date(2026, 11, 2)
READ = (
    (
        "SELECT id, slug, kind, status, is_demonstration, licence_id, licence_outputs_commercial, "
        "last_activity_on, released_on FROM catalog_artifact"
    ),
    "SELECT artifact_id, metric, observed_on, value, is_suspect, source_id FROM catalog_adoptionsignal",
    "SELECT artifact_id, kind, provider, source_id, as_of FROM catalog_offer",
    "SELECT artifact_id, rel FROM catalog_link",
    "SELECT artifact_id, confidence, source_urls FROM catalog_capability",
    "SELECT artifact_id, target_id, type FROM catalog_relation",
    (
        "SELECT artifact_id, field, value, observed_on, source_id FROM catalog_fact "
        "WHERE field IN ('last_activity_on', 'released_on', 'licence')"
    ),
)


def main() -> None:
    """Fill a database, rank it twice, take the floor, and print."""
    with throwaway_site():
        _measure()


def _measure() -> None:
    from django.db import connection  # noqa: PLC0415

    from benchmarks.make_catalogue import make_catalogue  # noqa: PLC0415

    for _ in make_catalogue(ARTIFACTS):
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    first, again = _recompute(), _recompute()
    peak_mb = peak_megabytes()
    floor_out, floor_in, megabytes = _floor()
    floor = floor_out + floor_in
    print(
        f"{ARTIFACTS:,} artifacts: COPY out {floor_out:.2f} s + in {floor_in:.2f} s ({megabytes:,.0f} MB)"
        f" = floor {floor:.2f} s"
    )
    for words, seconds in (("written and published", first), ("again, nothing changed", again)):
        per_artifact = 1_000 * seconds / ARTIFACTS
        print(
            f"{words} {seconds:.1f} s, {seconds / floor:.1f} times the floor, {per_artifact:.2f} ms an artifact"
        )
    print(f"the process with the whole site loaded: {peak_mb:,.0f} MB at most")


def _recompute() -> float:
    from ranking.services.publish import compute_rank  # noqa: PLC0415

    began = time.perf_counter()
    compute_rank(as_of=AS_OF, accept=True)
    return time.perf_counter() - began


def _floor() -> tuple[float, float, float]:
    """Return seconds to hand out what is read, seconds to take the entries in, and their megabytes."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        began = time.perf_counter()
        for statement in READ:
            _copied_out(cursor, statement)
        out = time.perf_counter() - began
        entries = _copied_out(cursor, "SELECT * FROM ranking_rankentry")
        cursor.execute("CREATE TABLE taken (LIKE ranking_rankentry INCLUDING ALL)")
        began = time.perf_counter()
        with cursor.copy("COPY taken FROM STDIN") as copy:
            copy.write(entries.getbuffer())
        return out, time.perf_counter() - began, len(entries.getbuffer()) / 1e6


def _copied_out(cursor: object, statement: str) -> io.BytesIO:
    received = io.BytesIO()
    with cursor.copy(f"COPY ({statement}) TO STDOUT") as copy:  # type: ignore[attr-defined]
        for chunk in copy:
            received.write(chunk)
    return received


if __name__ == "__main__":
    main()

"""``python -m benchmarks.rank [N]``: rank a million models between a COPY out and a COPY in.

Made-up inputs stand in a table of PostgreSQL, a signal a column. The floor is what the database needs to
hand them out and to take scores, bounds and points back; beside it stands the same with the ranking in
between, and the memory that it took. PostgreSQL is this run's own and thrown away.
"""

import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psycopg
from numpy.typing import NDArray

from config.embedded import places
from config.embedded.postgres import start_postgres
from ranking.compute.columns import RankColumns, SignalColumn, score_columns
from ranking.compute.formula import Formula, Profile, parse_formula, read_definition

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
SHOWN = "match_success_shown"


def input_columns(profile: Profile) -> list[str]:
    """Return the names of the table's columns after the id."""
    return [*(rule.name for rule in profile.signals), SHOWN]


def fill(database: psycopg.Connection, profile: Profile, n: int) -> None:
    """Make the table of inputs: counts over five decades, shares, days; a fifth is missing."""
    values = {"reference": "floor(exp(random() * 12))", "freshness": "floor(random() * 2000)"}
    made = [values.get(rule.method, "random()") for rule in profile.signals]
    made = [
        "floor(random() * 40)" if rule.method == "match" else value
        for rule, value in zip(profile.signals, made, strict=True)
    ]
    cells = ", ".join(f"CASE WHEN random() < 0.2 THEN 'NaN' ELSE {value} END" for value in made)
    names = ", ".join(f"{name} float8 NOT NULL" for name in input_columns(profile))
    database.execute(f"CREATE TABLE inputs (id bigint NOT NULL, {names})")
    database.execute("SELECT setseed(0.5)")
    database.execute(
        f"INSERT INTO inputs SELECT id, {cells}, 40 FROM generate_series(1, {n}) AS id"  # noqa: S608 - our own
    )
    outputs = ", ".join(f"p{index} int NOT NULL" for index in range(len(profile.signals)))
    database.execute(
        f"CREATE TABLE ranks (id bigint NOT NULL, score int NOT NULL, low int NOT NULL, high int NOT NULL, {outputs})"
    )


def row_type(columns: list[tuple[str, str]]) -> np.dtype[np.void]:
    """Return the layout of a row of a binary COPY without nulls: each value behind its length."""
    fields = [("n", ">i2")]
    for name, kind in columns:
        fields += [(f"{name}_length", ">i4"), (name, kind)]
    return np.dtype(fields)


def copy_out(database: psycopg.Connection) -> bytearray:
    """Return the table of inputs as PostgreSQL sends it."""
    received = bytearray()
    with database.cursor().copy("COPY inputs TO STDOUT (FORMAT binary)") as copy:
        for chunk in copy:
            received += chunk
    return received


def copy_in(database: psycopg.Connection, rows: NDArray[np.void]) -> None:
    """Replace the table of ranks."""
    database.execute("TRUNCATE ranks")
    with database.cursor().copy("COPY ranks FROM STDIN (FORMAT binary)") as copy:
        copy.write(HEADER)
        copy.write(rows.tobytes())
        copy.write(TRAILER)


def ranked(received: bytearray, *, profile: Profile, formula: Formula) -> NDArray[np.void]:
    """Return the rows of the table of ranks."""
    layout = row_type([("id", ">i8"), *((name, ">f8") for name in input_columns(profile))])
    n = (len(received) - len(HEADER) - len(TRAILER)) // layout.itemsize
    rows = np.frombuffer(received, layout, count=n, offset=len(HEADER))
    columns = {
        rule.name: SignalColumn(
            rows[rule.name].astype(np.float64),
            trials=rows[SHOWN].astype(np.float64) if rule.method == "match" else None,
        )
        for rule in profile.signals
    }
    return as_rows(rows["id"], score_columns(columns, profile=profile, formula=formula, n=n))


def as_rows(ids: NDArray[np.int64], ranks: RankColumns) -> NDArray[np.void]:
    """Return ranks as rows of a binary COPY."""
    results = {"score": ranks.score, "low": ranks.low, "high": ranks.high, **ranks.points}
    rows = np.empty(len(ids), row_type([("id", ">i8"), *((name, ">i4") for name in results)]))
    rows["n"], rows["id_length"], rows["id"] = 1 + len(results), 8, ids
    for name, column in results.items():
        rows[f"{name}_length"], rows[name] = 4, column
    return rows


def timed(action: Callable[[], object], repeats: int = 3) -> float:
    """Return the best of some runs, in seconds."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


def measure(database: psycopg.Connection, n: int) -> None:
    """Fill, take the floor, rank, and print."""
    formula = parse_formula(read_definition())
    profile = formula.profiles[0]
    fill(database, profile, n)
    floor_out = timed(lambda: copy_out(database))
    rows = ranked(copy_out(database), profile=profile, formula=formula)
    floor_in = timed(lambda: copy_in(database, rows))
    whole = timed(lambda: copy_in(database, ranked(copy_out(database), profile=profile, formula=formula)))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    floor = floor_out + floor_in
    print(f"{n:,} models: COPY out {floor_out:.2f} s + in {floor_in:.2f} s = floor {floor:.2f} s")
    print(
        f"with the ranking in between {whole:.2f} s, {whole / floor:.1f} times the floor; {peak_mb:,.0f} MB at most"
    )


def main() -> None:
    """Start a server, measure, and throw it away."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    data_dir = Path(tempfile.mkdtemp(prefix="unfragile-rank-"))
    data_dir.chmod(0o711)
    server = start_postgres(data_dir, log=data_dir / "postgres.log", durable=False)
    try:
        with psycopg.connect(places.database_url(data_dir), autocommit=True) as database:
            measure(database, n)
    finally:
        server.stop()
        places.release_socket_dir(data_dir)
        shutil.rmtree(data_dir, ignore_errors=True)


if __name__ == "__main__":
    main()

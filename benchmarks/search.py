"""``python -m benchmarks.search [N]``: search among N made-up capabilities (1,000,000) of N / 10 artifacts.

The nearest vectors, unfiltered and where 10 %, 1 % and 0.1 % of the artifacts are left, against a look at every
vector; beside FAISS over the same vectors and bm25s over the same texts in the same run; then whole searches
through the site: parse, embed, retrieve, fuse, log. ``--vectors`` leaves out everything that needs the postings,
which take longest to write. ``--keep`` leaves the filled database for the next run with the same N.
"""

import argparse
import os
import shutil
import time
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
# For a machine with 24 GiB that has other work: what is asked for again and again should fit.
SERVER_SETTINGS = {
    "shared_buffers": "2GB",
    "max_wal_size": "4GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def main() -> None:
    """Fill a server of this run's own, measure, and throw it away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--vectors", action="store_true", help="measure the nearest vectors alone")
    parser.add_argument("--keep", action="store_true", help="leave the filled database for the next run")
    asked = parser.parse_args()
    folder = ROOT / ".data" / f"bench-search-{asked.n}"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    (folder / "static").mkdir(exist_ok=True)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
        "INDEX_MEMORY_MB": "1900",
        "OMP_NUM_THREADS": "1",
    }
    os.environ.setdefault("EMBEDDING_MODEL_DIR", str(ROOT / ".data" / "models" / "minilm-l6"))
    import django  # noqa: PLC0415 - its settings are read from the environment set above

    django.setup()
    _measured(folder, asked)
    if not asked.keep:
        shutil.rmtree(folder)


def _measured(folder: Path, asked: argparse.Namespace) -> None:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from benchmarks import measure_search  # noqa: PLC0415
    from config.embedded import places  # noqa: PLC0415
    from config.embedded.postgres import start_postgres  # noqa: PLC0415

    server = start_postgres(folder, log=folder / "postgres.log", durable=False)
    url = places.database_url(folder)
    try:
        with psycopg.connect(url, autocommit=True) as database:
            for name, value in SERVER_SETTINGS.items():
                database.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        server.stop()
        server = start_postgres(folder, log=folder / "postgres.log", durable=False)
        call_command("migrate", verbosity=0)
        corpus = measure_search.corpus_of(asked.n)
        began = time.perf_counter()
        measure_search.prepared(url, corpus, has_words=not asked.vectors)
        print(f"filled and indexed in {time.perf_counter() - began:.0f} s", flush=True)
        measure_search.measure_vectors(corpus)
        measure_search.measure_faiss(corpus)
        if not asked.vectors:
            measure_search.measure_bm25s(corpus)
            measure_search.measure_searches(corpus)
    finally:
        connection.close()
        server.stop()
        places.release_socket_dir(folder)


if __name__ == "__main__":
    main()

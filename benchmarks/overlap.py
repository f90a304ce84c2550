"""``python -m benchmarks.overlap [N]``: the nearest of each of N made-up artifacts (100,000), ten capabilities each.

How long everyone's neighbours take to find, how many of the true ten nearest are found (a sample against all
pairs, by brute force), and what one changed artifact costs. The server is this run's own and thrown away.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Fill, measure, and throw away."""
    n_artifacts = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="unfragile-overlap-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "static").mkdir()
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATA_DIR": name,
            "LOG_LEVEL": "WARNING",
            "OMP_NUM_THREADS": "1",
        }
        os.environ.setdefault("EMBEDDING_MODEL_DIR", str(ROOT / ".data" / "models" / "minilm-l6"))
        import django  # noqa: PLC0415 - its settings are read from the environment set above

        django.setup()
        _measured(folder, n_artifacts)


def _measured(folder: Path, n_artifacts: int) -> None:
    import psycopg  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from benchmarks import fill_search, measure_overlap, measure_search  # noqa: PLC0415
    from benchmarks.corpus import PER_ARTIFACT  # noqa: PLC0415
    from config.embedded import places  # noqa: PLC0415
    from config.embedded.postgres import start_postgres  # noqa: PLC0415
    from matchgraph.embedders.configured import ensured_embedder  # noqa: PLC0415
    from matchgraph.services.vectors import generation_for  # noqa: PLC0415

    server = start_postgres(folder, log=folder / "postgres.log", durable=False)
    try:
        call_command("migrate", verbosity=0)
        corpus = measure_search.corpus_of(n_artifacts * PER_ARTIFACT)
        generation = generation_for(ensured_embedder())
        began = time.perf_counter()
        with psycopg.connect(places.database_url(folder), autocommit=True) as database:
            for _ in fill_search.fill(database, corpus, generation_id=generation.pk):
                pass
        print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
        measure_overlap.measure_build(generation)
        measure_overlap.measure_recall(generation)
        measure_overlap.measure_changes(generation)
    finally:
        connection.close()
        server.stop()
        places.release_socket_dir(folder)


if __name__ == "__main__":
    main()

"""``python -m benchmarks.load [N] [--minutes M]``: a site of N artifacts (100,000) under mixed traffic.

Gunicorn with production's settings, a worker that evaluates the bundled models at the same time, and users who
read pages, search, ask the API, show badges and vote. After M calm minutes (10) PostgreSQL is restarted, the
broker killed, the worker killed in the middle of its pictures, and the disk filled, one after another, while
everybody goes on. As root the data lies on a disk image of its own, so that only that is filled; otherwise that
part is left out. Prints the tables of ``benchmarks/README.md``. ``--keep`` leaves the filled site for the next
run with the same N.
"""

import argparse
import os
import secrets
import shutil
import signal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "models.example.org"
# Rows, vectors, indexes and the log of a bulk load, an artifact; and what the rest needs.
MEGABYTES_EACH, MEGABYTES_BASE = 0.12, 3_000


def main() -> None:
    """Bring the site up, let everybody in, break things, and print."""
    asked = _asked()
    folder = ROOT / ".data" / f"bench-load-{asked.n}"
    _set_up(folder)
    from benchmarks.load.run import run  # noqa: PLC0415 - Django reads the environment set above
    from benchmarks.load.site import own_disk  # noqa: PLC0415

    # A closed terminal or a `kill` must stop the servers too.
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    try:
        size = int(MEGABYTES_BASE + asked.n * MEGABYTES_EACH)
        with own_disk(folder, megabytes=size) as may_be_filled:
            (folder / "static").mkdir(exist_ok=True)
            run(folder, asked, host=HOST, may_be_filled=may_be_filled)
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_suffix(".img").unlink(missing_ok=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("n", type=int, nargs="?", default=100_000, help="made-up artifacts")
    parser.add_argument("--minutes", type=float, default=10.0, help="of calm traffic")
    parser.add_argument("--users", type=int, default=12, help="who use the site at once")
    parser.add_argument("--think", type=float, default=0.2, help="seconds between two things, on average")
    parser.add_argument("--fault-s", type=float, default=30.0, help="seconds of traffic after each fault")
    parser.add_argument("--port", type=int, default=8130)
    parser.add_argument("--keep", action="store_true", help="leave the filled site for the next run")
    return parser.parse_args()


def _set_up(folder: Path) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "DATA_DIR": str(folder),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        "SITE_URL": f"https://{HOST}",
        "TRUSTED_PROXIES": "1",
        "LOG_LEVEL": "WARNING",
        "INDEX_MEMORY_MB": "1900",
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
    }
    for name in ("DATABASE_URL", "BROKER_URL"):
        os.environ.pop(name, None)
    os.environ.setdefault("EMBEDDING_MODEL_DIR", str(ROOT / ".data" / "models" / "minilm-l6"))
    import django  # noqa: PLC0415 - as in `main`

    django.setup()


if __name__ == "__main__":
    main()

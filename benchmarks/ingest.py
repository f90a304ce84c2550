"""``python -m benchmarks.ingest``: a full reading of 10,000 models from a hub on this machine.

Each reading is a process of its own, so that its time and memory are its own: the first, a second that
must write nothing, one that is killed in the middle and the one that goes on from there.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RECORDS = int(os.environ.get("BENCH_RECORDS", "10000"))
# The aim is for a machine with nothing else to do.
MAX_SECONDS = int(os.environ.get("BENCH_MAX_SECONDS", "180"))
MAX_MEGABYTES = 300


def main() -> None:
    """Measure, print, and fail where a promise is not kept."""
    with tempfile.TemporaryDirectory(prefix="unfragile-bench-") as folder, _hub() as url:
        data_dir = Path(folder)
        data_dir.chmod(0o711)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATA_DIR": folder,
            "HUGGINGFACE_URL": url,
            "INGEST_MAX_REQUESTS": str(RECORDS * 2),
            # Cards are read a few hundred a day; a reading is measured by its lists.
            "INGEST_MAX_CARDS": "0",
            "OMP_NUM_THREADS": "1",
        }
        import django  # noqa: PLC0415 - its settings are read from the environment set above

        django.setup()
        from config.embedded import places  # noqa: PLC0415
        from config.embedded.postgres import start_postgres  # noqa: PLC0415

        postgres = start_postgres(data_dir, log=data_dir / "postgres.log", durable=False)
        try:
            _measure()
        finally:
            postgres.stop()
            places.release_socket_dir(data_dir)


def _measure() -> None:
    _make_catalogue()
    first = _show("first reading", _read())
    rows = _rows()
    _promise(first["records"] == RECORDS, "everything is read")
    _promise(first["seconds"] < MAX_SECONDS, f"it takes less than {MAX_SECONDS} s")
    _promise(first["megabytes"] < MAX_MEGABYTES, f"it takes less than {MAX_MEGABYTES} MB")
    _show("second reading", _read())
    _promise(_rows() == rows, "a second reading writes nothing")
    _forget()
    killed_at = _read_and_kill()
    print(f"killed by SIGKILL after {killed_at:,} records")
    last = _show("continued", _read())
    _promise(last["records"] == RECORDS, "a killed reading is continued to its end")
    _promise(_rows() == rows, "killed and continued, the same is written as at one go")


def _promise(is_kept: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    print(f"{'kept' if is_kept else 'BROKEN'}: {what}")
    if not is_kept:
        sys.exit(1)


@contextmanager
def _hub() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.hub", str(RECORDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        try:
            port = next(iter(process.stdout or [])).strip()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _make_catalogue() -> None:
    from django.core.management import call_command  # noqa: PLC0415

    from benchmarks.hub import models  # noqa: PLC0415
    from catalog.models import Artifact, Publisher  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    publisher = Publisher.objects.create(slug="bench", name="Bench")
    Artifact.objects.bulk_create(
        [
            Artifact(
                slug=f"artifact-{number}",
                name=model["id"],
                kind="model",
                publisher=publisher,
                summary="A model of the measurement.",
                about="A model of the measurement.",
                openness="open-weights",
                hub_id=model["id"],
            )
            for number, model in enumerate(models(RECORDS))
        ],
        batch_size=1_000,
    )


def _child() -> None:
    """Read once and print what it took; runs in a process of its own."""
    import resource  # noqa: PLC0415

    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415

    from catalog.services.ingest import ingest_source  # noqa: PLC0415
    from catalog.sources.base import Source  # noqa: PLC0415

    n_queries = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal n_queries
        n_queries += 1
        return execute(*arguments)

    began = time.perf_counter()
    with connection.execute_wrapper(count):
        run = ingest_source(Source.HUGGINGFACE).run
    print(
        json.dumps(
            {
                "state": run.state,
                "seconds": round(time.perf_counter() - began, 1),
                "processor": round(time.process_time(), 1),
                "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024),
                "requests": run.request_count,
                "queries": n_queries,
                "records": run.record_count,
                "facts": run.fact_count,
                "counts": run.signal_count,
            }
        )
    )


def _start() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.ingest", "--child"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own


def _read() -> dict[str, Any]:
    with _start() as process:
        output, _ = process.communicate()
    result: dict[str, Any] = json.loads(output)
    return result


def _read_and_kill() -> int:
    from catalog.models import SourceRecord  # noqa: PLC0415

    with _start() as process:
        while SourceRecord.objects.count() < RECORDS * 0.4:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    return SourceRecord.objects.count()


def _rows() -> dict[str, int]:
    from catalog.models import AdoptionSignal, Artifact, Fact, PageValidator, SourceRecord  # noqa: PLC0415

    counts = {
        model.__name__: model._default_manager.count()
        for model in (SourceRecord, Fact, AdoptionSignal, PageValidator)
    }
    return counts | {"licensed": Artifact.objects.exclude(licence_id="").count()}


def _forget() -> None:
    from catalog.models import (  # noqa: PLC0415
        AdoptionSignal,
        Artifact,
        Fact,
        IngestRun,
        PageValidator,
        SourceCheck,
        SourceRecord,
    )

    for model in (Fact, AdoptionSignal, PageValidator, IngestRun, SourceCheck, SourceRecord):
        model._default_manager.all().delete()
    Artifact.objects.update(licence_id="", licence_name="", last_activity_on=None)


def _show(title: str, result: dict[str, Any]) -> dict[str, Any]:
    print(
        f"{title:<15} {result['seconds']:>6.1f} s, {result['processor']:>6.1f} s of processor {result['megabytes']:>5} MB {result['requests']:>6,} requests"
        f" {result['queries']:>6,} queries {result['records']:>7,} records {result['facts']:>7,} facts"
        f" {result['counts']:>7,} counts"
    )
    return result


if __name__ == "__main__":
    _child() if "--child" in sys.argv else main()

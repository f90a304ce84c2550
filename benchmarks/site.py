"""A site of a benchmark's own: an empty, migrated database in a folder that is thrown away with its server."""

import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db.models import Model
from psycopg import sql


@contextmanager
def throwaway_site() -> Iterator[Path]:
    """Yield the data directory of a site that ends with the block. Nothing of Django may be imported before."""
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
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        from config.embedded import places  # noqa: PLC0415
        from config.embedded.postgres import start_postgres  # noqa: PLC0415

        postgres = start_postgres(data_dir, log=data_dir / "postgres.log", durable=False)
        try:
            call_command("migrate", verbosity=0)
            yield data_dir
        finally:
            connection.close()
            postgres.stop()
            places.release_socket_dir(data_dir)


def set_defaults(database: psycopg.Connection[Any], *models: type[Model]) -> None:
    """Let the tables of models fill by themselves the columns whose defaults Django knows in Python alone."""
    for model in models:
        for field in model._meta.concrete_fields:
            if not field.null and (value := field.get_default()) is not None:
                statement = sql.SQL("ALTER TABLE {} ALTER {} SET DEFAULT {}").format(
                    *map(sql.Identifier, (model._meta.db_table, field.column)), sql.Literal(value)
                )
                database.execute(statement)


def peak_megabytes() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def promise(is_kept: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Say whether a promise is kept; end with a failure where it is not."""
    print(f"{'kept' if is_kept else 'BROKEN'}: {what}")
    if not is_kept:
        sys.exit(1)

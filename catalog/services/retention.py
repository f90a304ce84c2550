"""Keeps the last raw payloads of each source and lets older ones go; what was concluded from them stays."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone

from catalog.models import IngestRun

# The database sets a payload to NULL without rewriting the row's other columns; the digest stays, so that
# what a fact rests on can still be recognised.
OLD_PAYLOADS = """
UPDATE catalog_sourcerecord SET payload = NULL WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (
            PARTITION BY kind, url ORDER BY observed_on DESC, fetched_at DESC NULLS LAST, id DESC) AS place
        FROM catalog_sourcerecord WHERE payload IS NOT NULL) AS kept
    WHERE place > %s)
"""


@dataclass(frozen=True)
class Cleared:
    """What a clean-up let go."""

    payloads: int
    runs: int

    def __str__(self) -> str:
        return f"{self.payloads:,} payloads and {self.runs:,} runs let go"


def clear_old_readings() -> Cleared:
    """Let go all payloads but the last few of each address, and the records of runs long past.

    Facts, counts, prices and the sources they cite stay as they are.
    """
    horizon = timezone.now() - dt.timedelta(days=settings.INGEST_RUNS_KEPT_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(OLD_PAYLOADS, [settings.INGEST_PAYLOADS_KEPT])
        n_payloads = cursor.rowcount
    _, runs = IngestRun.objects.filter(started_at__lt=horizon).exclude(state="running").delete()
    return Cleared(n_payloads, runs.get("catalog.IngestRun", 0))

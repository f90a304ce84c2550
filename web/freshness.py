"""Which state of the data a page was drawn from: one short name for the whole site's state."""

import hashlib
import time

from django.db import connection

# What people read changes with these; searches change only a count, which a cached page may show late.
STATE = """
SELECT
    (SELECT snapshot_id FROM ranking_currentsnapshot LIMIT 1),
    (SELECT count(*) || ' ' || coalesce(max(updated_at)::text, '') FROM catalog_artifact),
    (SELECT count(*) || ' ' || coalesce(max(id), 0) FROM catalog_capability),
    (SELECT count(*) || ' ' || coalesce(max(id), 0) FROM catalog_offer),
    (SELECT max(id) FROM catalog_fact),
    (SELECT count(*) || ' ' || coalesce(max(id), 0) FROM catalog_relation),
    (SELECT max(id) FROM catalog_adoptionsignal),
    (SELECT count(*) || ' ' || coalesce(max(stale_since)::text, '') FROM catalog_sourcerecord
        WHERE stale_since IS NOT NULL),
    (SELECT max(id) FROM catalog_reportedresult),
    (SELECT count(*) || ' ' || coalesce(max(finished_at)::text, '') FROM evaluation_run),
    (SELECT max(computed_at) FROM evaluation_aggregate),
    (SELECT count(*) || ' ' || coalesce(max(measured_at)::text, '') FROM evaluation_scorerreport),
    (SELECT max(id) FROM evaluation_suite),
    (SELECT max(id) FROM matchgraph_overlap),
    (SELECT count(*) || ' ' || coalesce(max(last_on)::text, '') || ' ' || coalesce(sum(visitors), 0)
        FROM matchgraph_artifactmatch),
    (SELECT max(id) FROM catalog_claimevent),
    (SELECT count(*) || ' ' || coalesce(max(decided_at)::text, '') FROM catalog_statement)
"""
KEPT_S = 2.0


class _Memory:
    """The last answer of this process, and when it was read."""

    version = ""
    read_at = float("-inf")


def site_version() -> str:
    """Return a name for the state of everything that pages show. One query every two seconds at most.

    It changes with a new snapshot, catalogue, evaluation, match graph or builder's word, and otherwise stays the same.
    """
    now = time.monotonic()
    if now - _Memory.read_at > KEPT_S:
        with connection.cursor() as cursor:
            cursor.execute(STATE)
            row = cursor.fetchone()
        _Memory.version = hashlib.sha256(repr(row).encode()).hexdigest()[:16]
        _Memory.read_at = now
    return _Memory.version


def forget_version() -> None:
    """Read the state again when it is next asked for."""
    _Memory.read_at = float("-inf")

"""Which state of the data a page was drawn from: one short name for the whole site's state."""

import hashlib
import logging
import time

from django.db import connection

from web.outage import AWAY

logger = logging.getLogger(__name__)

# What people read changes with these; searches change only a count, which a cached page may show late. Nothing
# that an account may write at will stands here, or it could have every page drawn anew again and again.
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
    (SELECT count(*) || ' ' || coalesce(sum(id), 0) || ' ' || coalesce(max(verified_at)::text, '')
        FROM catalog_claim WHERE state = 'verified'),
    (SELECT count(*) || ' ' || coalesce(max(decided_at)::text, '') FROM catalog_statement
        WHERE state = 'accepted')
"""
KEPT_S = 2.0


class _Memory:
    """The last answer of this process, and when it was read."""

    version = ""
    read_at = float("-inf")


def site_version() -> str:
    """Return a name for the state of everything that pages show. One query every two seconds at most.

    It changes with a new snapshot, catalogue, evaluation, match graph or builder's word, and otherwise stays the
    same. While the database is away it stays what it was, so that pages that are kept can still be shown.

    Raises:
        OperationalError, InterfaceError: the database is away, and this process has never seen it.
    """
    now = time.monotonic()
    if now - _Memory.read_at > KEPT_S:
        try:
            _Memory.version = _read_version()
        except AWAY:
            if not _Memory.version:
                raise
            logger.warning("The database is away: pages are shown as they were")
        _Memory.read_at = now
    return _Memory.version


def _read_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        return hashlib.sha256(repr(cursor.fetchone()).encode()).hexdigest()[:16]


def forget_version() -> None:
    """Read the state again when it is next asked for."""
    _Memory.read_at = float("-inf")

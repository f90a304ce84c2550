"""The database role under which the rank reads: it may see what counts, and no claim, account or price.

The role needs no login; the site's own user takes it on for the time of the reading. Where that user may
not create roles the rank is read with its own rights, which the log says, and an administrator can run
``CREATE ROLE rank_reader NOLOGIN; GRANT rank_reader TO <the site's user>;`` and migrate again.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from catalog.models import (
    AdoptionSignal,
    Artifact,
    Capability,
    Fact,
    Link,
    Offer,
    Relation,
    ReportedResult,
    SourceRecord,
)
from evaluation.models import Aggregate, Recipe, Run, ScorerReport, Suite
from matchgraph.models import ArtifactMatch

logger = logging.getLogger(__name__)

ROLE = "rank_reader"
WHOLE_TABLES: tuple[type[Model], ...] = (
    AdoptionSignal,
    Artifact,
    Capability,
    Fact,
    Link,
    Relation,
    ReportedResult,
    *(Aggregate, Recipe, Run, ScorerReport, Suite),
    ArtifactMatch,
)
# Of an offer only that somebody hosts the model; of a source not what it sent.
COLUMNS: dict[type[Model], tuple[str, ...]] = {
    Offer: ("id", "artifact_id", "kind", "provider", "source_id", "as_of"),
    SourceRecord: ("id", "kind", "name", "url", "observed_on"),
}
IS_USABLE = """
    SELECT EXISTS (
        SELECT FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'MEMBER')
        AND has_table_privilege(oid, %s, 'SELECT')
    )
"""


def ensure_reader_role() -> bool:
    """Create the role where it is missing and give it exactly what it may read; say whether it worked."""
    try:
        with transaction.atomic():
            _create()
        with transaction.atomic():
            _grant()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        logger.warning("The rank is read without the database role %s: %s", ROLE, reason)
        return False
    return True


@contextmanager
def reading_as_rank() -> Iterator[bool]:
    """Read under the role inside this block; yield whether the role could be taken on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(IS_USABLE, [ROLE, Artifact._meta.db_table])
        (is_usable,) = cursor.fetchone() or (False,)
        if not is_usable:
            logger.warning("The rank is read without the database role %s, which is not set up", ROLE)
            yield False
            return
        # If the block fails, rolling back to its savepoint takes the role off.
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield True
        cursor.execute("SET LOCAL ROLE NONE")


def _create() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN")
            cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")


def _grant() -> None:
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
        for model in (*WHOLE_TABLES, *COLUMNS):
            table = model._meta.db_table
            if table in existing:
                columns = f" ({', '.join(COLUMNS[model])})" if model in COLUMNS else ""
                cursor.execute(f'GRANT SELECT{columns} ON "{table}" TO {ROLE}')

"""Reads what was shown and taken into the columns that are learnt from."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.db import connection

from matchgraph.learning.showings import Integers, Showings

# The newest so many results are learnt from: some 100 MB in memory. What is older weighs little by its age.
MOST_SHOWINGS = 1_000_000
BATCH = 50_000
DAY_ZERO = dt.date(2020, 1, 1)
# Visitors, searches and referrers are told apart by 64-bit hashes; an intent that is not in the graph is known
# by its digest, and after that was emptied every search is its own.
SHOWN = """
SELECT hashtextextended(event.visitor, 0), hashtextextended(event.id::text, 0),
    coalesce(intent.cluster_id, intent.id, 0),
    hashtextextended(coalesce(nullif(event.query_digest, ''), event.id::text), 0),
    impression.artifact_id, coalesce(impression.capability_id, 0), impression.position,
    (event.created_at AT TIME ZONE 'UTC')::date - %s,
    coalesce(answer.is_taken, false)::int, impression.drawn,
    CASE event.referrer WHEN '' THEN 0 ELSE hashtextextended(event.referrer, 0) END
FROM (SELECT * FROM matchgraph_impression ORDER BY id DESC LIMIT %s) AS impression
JOIN matchgraph_searchevent AS event ON event.id = impression.event_id
LEFT JOIN matchgraph_intent AS intent ON intent.id = event.intent_id
LEFT JOIN (
    SELECT impression_id, bool_and(kind <> 'reject') AS is_taken
    FROM matchgraph_interaction GROUP BY impression_id
) AS answer ON answer.impression_id = impression.id
ORDER BY event.created_at, impression.id
"""


@dataclass(frozen=True)
class LoggedShowings:
    """Showings with what they are of: ``graph_intent`` is the cluster's first intent, 0 outside the graph."""

    showings: Showings
    graph_intent: Integers
    capability: Integers


def logged_showings() -> LoggedShowings:
    """Return the results that visitors were shown, oldest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(SHOWN, [DAY_ZERO, MOST_SHOWINGS])
        batches = []
        while rows := cursor.fetchmany(BATCH):
            batches.append(np.array(rows, dtype=np.int64))
    table = np.concatenate(batches) if batches else np.zeros((0, 11), dtype=np.int64)
    visitor, search, graph_intent, digest, item, capability, position, day, taken, drawn, referrer = table.T
    showings = Showings(
        visitor=_small(visitor),
        search=_small(search),
        # Intents of the graph have numbers above 0, all others below.
        intent=np.where(graph_intent > 0, graph_intent, -1 - _small(digest)),
        item=item,
        position=position,
        day=day,
        is_taken=taken.astype(bool),
        drawn=drawn,
        referrer=np.where(referrer == 0, 0, 1 + _small(referrer)),
    )
    return LoggedShowings(showings, graph_intent, capability)


def day_number(day: dt.date) -> int:
    """Return a day in the showings' count."""
    return (day - DAY_ZERO).days


def day_of(number: int) -> dt.date:
    """Return the day of a number."""
    return DAY_ZERO + dt.timedelta(days=int(number))


def _small(hashes: Integers) -> Integers:
    """Return the same distinctions in small numbers from 0."""
    return np.unique(hashes, return_inverse=True)[1] if len(hashes) else hashes

"""Who states the columns that signals rest on."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from catalog.models import Fact
from catalog.vocabulary import SourceKind
from ranking.compute.records import SignalInput

ACTIVITY_FIELDS = ("last_activity_on", "released_on")
LICENCE_FIELD = "licence"
Signals: TypeAlias = Iterable[tuple[int, SignalInput]]


@dataclass(frozen=True)
class FactOrigin:
    """Where the value of a column comes from."""

    is_builders: bool
    source: str
    source_url: str
    observed_on: dt.date


Origins: TypeAlias = dict[tuple[int, str], FactOrigin]


@dataclass(frozen=True)
class KnownFacts:
    """What facts tell the signals: who states a column now, and every day on which something was released."""

    origins: Origins
    releases: dict[int, set[dt.date]]


def known_facts(ids: Sequence[int]) -> KnownFacts:
    """Return what facts tell of artifacts. One query.

    A day that the artifact's own builder states is no release.
    """
    rows = (
        Fact.objects.filter(artifact__in=ids, field__in=[*ACTIVITY_FIELDS, LICENCE_FIELD])
        .order_by("pk")
        .values_list(
            "artifact",
            "field",
            "value",
            "is_winning",
            "observed_on",
            "source__kind",
            "source__name",
            "source__url",
        )
    )
    origins: Origins = {}
    releases: dict[int, set[dt.date]] = defaultdict(set)
    for artifact_id, field, value, is_winning, observed_on, kind, name, url in rows:
        is_builders = kind == SourceKind.BUILDER
        if is_winning:
            origins[artifact_id, field] = FactOrigin(is_builders, name, url, observed_on)
        if field in ACTIVITY_FIELDS and not is_builders:
            releases[artifact_id].add(dt.date.fromisoformat(value[:10]))
    return KnownFacts(origins, releases)

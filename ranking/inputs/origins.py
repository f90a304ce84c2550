"""Who states the columns that signals rest on."""

import datetime as dt
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


def fact_origins(ids: Sequence[int]) -> Origins:
    """Return who states the columns that signals rest on."""
    rows = Fact.objects.filter(
        artifact__in=ids, is_winning=True, field__in=[*ACTIVITY_FIELDS, LICENCE_FIELD]
    ).values_list("artifact", "field", "source__kind", "source__name", "source__url", "observed_on")
    return {
        (artifact_id, field): FactOrigin(kind == SourceKind.BUILDER, name, url, observed_on)
        for artifact_id, field, kind, name, url, observed_on in rows
    }

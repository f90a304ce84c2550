"""How long ago an artifact last changed, and how long it usually rests."""

import datetime as dt
from collections.abc import Iterable, Sequence

from catalog.models import Artifact
from catalog.vocabulary import Status
from ranking.compute.formula import Formula
from ranking.compute.records import SignalInput
from ranking.compute.rhythm import own_grace_days
from ranking.inputs.origins import FactOrigin, KnownFacts, Origins, Signals


def activity(
    artifacts: Sequence[Artifact], facts: KnownFacts, *, formula: Formula, as_of: dt.date
) -> Signals:
    """Yield the days since the first known of the dates that count as activity for the kind.

    The artifact's own rhythm of releases gives the grace where three of them are known; what its source
    has closed is not fresh, whenever that was.
    """
    for artifact in artifacts:
        found = _last_activity(artifact, facts.origins, formula.profile_of(artifact.kind).activity)
        is_archived = artifact.status == Status.ARCHIVED
        if found is None and not is_archived:
            continue
        day, field, origin = found or (None, "", None)
        words = {"": "", "last_activity_on": "last change", "released_on": "released"}[field]
        grace = own_grace_days(facts.releases.get(artifact.pk, ()))
        details = [f"{words} on {day.isoformat()}" if day else ""]
        details.append(f"grace of {grace} days by its own rhythm" if grace else "")
        details.append("archived" if is_archived else "")
        signal = SignalInput(
            "last_activity",
            max(0, (as_of - day).days) if day else 0,
            source=origin.source if origin else "",
            source_url=origin.source_url if origin else "",
            as_of=origin.observed_on if origin else None,
            detail="; ".join(filter(None, details)),
            grace_days=grace,
            is_archived=is_archived or None,
        )
        yield artifact.pk, signal


def _last_activity(
    artifact: Artifact, origins: Origins, fields: Iterable[str]
) -> tuple[dt.date, str, FactOrigin | None] | None:
    """Return the first of the dates that is known and that nobody states about their own work."""
    for field in fields:
        day = getattr(artifact, field)
        origin = origins.get((artifact.pk, field))
        if day is not None and not (origin and origin.is_builders):
            return day, field, origin
    return None

"""Which artifacts of the catalogue a record speaks of."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Max

from catalog.models import AdoptionSignal, Artifact
from catalog.refresh import Due, by_urgency
from catalog.sources.base import IdField, Source, comparable_id

# Where an artifact is at home, strongest first. A model's repository of code has a licence and a last
# commit of its own, which say nothing of the weights.
HOMES = ((IdField.HUB, Source.HUGGINGFACE), (IdField.GITHUB, Source.GITHUB), (IdField.PACKAGE, Source.PYPI))

DAY_S = 86_400


@dataclass(frozen=True)
class Target:
    """An artifact as ingestion needs it."""

    pk: int
    slug: str
    home: Source | None


class Targets:
    """The catalogue's artifacts by their ids elsewhere."""

    def __init__(self) -> None:
        self.ids: dict[IdField, dict[str, str]] = {id_field: {} for id_field in IdField}
        self.slugs: dict[int, str] = {}
        self._rows: dict[tuple[IdField, str], list[Target]] = {}
        digest = hashlib.sha256()
        for row in Artifact.objects.order_by("pk").values("pk", "slug", *IdField):
            home = next((source for id_field, source in HOMES if row[id_field]), None)
            for id_field in IdField:
                if row[id_field]:
                    self._add(id_field, row[id_field], Target(row["pk"], row["slug"], home))
            self.slugs[row["pk"]] = row["slug"]
            digest.update(json.dumps(row).encode())
        self.digest = digest.hexdigest()

    def _add(self, id_field: IdField, value: str, target: Target) -> None:
        key = comparable_id(id_field, value)
        self.ids[id_field].setdefault(key, value)
        self._rows.setdefault((id_field, key), []).append(target)

    def by_urgency(
        self, id_field: IdField, *, tried_at: Mapping[str, dt.datetime], now: dt.datetime
    ) -> list[str]:
        """Return the ids as the catalogue writes them, those first that are popular and long unread. One query."""
        counts = AdoptionSignal.objects.filter(is_suspect=False).order_by().values_list("artifact")
        popularity = dict(counts.annotate(most=Max("value")))
        known = self.ids[id_field]
        due = (
            Due(
                key,
                max(popularity.get(target.pk, 0) for target in self._rows[id_field, key]),
                (now - tried_at[key]).total_seconds() / DAY_S if key in tried_at else None,
            )
            for key in known
        )
        return [known[key] for key in by_urgency(due)]

    def find(self, id_field: IdField, value: str) -> list[Target]:
        """Return the artifacts that go by an id."""
        return self._rows.get((id_field, comparable_id(id_field, value)), []) if value else []

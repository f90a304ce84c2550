"""Which artifacts of the catalogue a record speaks of."""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Max, OuterRef, Q, Subquery

from catalog.identity import ids_in_address
from catalog.models import AdoptionSignal, Artifact, Claim, Identity, Link
from catalog.ownership.places import manifest_places
from catalog.refresh import Due, by_urgency
from catalog.sources.base import ID_COLUMNS, IdField, Record, Source, comparable_id
from catalog.vocabulary import LinkRel

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
    publisher: str
    ids: frozenset[tuple[IdField, str]]

    def agrees(self, ids: Iterable[tuple[IdField, str]]) -> bool:
        """Tell whether the artifact goes by none of these ids' fields under another id."""
        own = dict(self.ids)
        return all(
            own.get(field, comparable_id(field, id_)) == comparable_id(field, id_) for field, id_ in ids
        )


class Targets:
    """The catalogue's artifacts by their ids elsewhere."""

    def __init__(self) -> None:
        self.ids: dict[IdField, dict[str, str]] = {id_field: {} for id_field in IdField}
        self.slugs: dict[int, str] = {}
        self._rows: dict[tuple[IdField, str], list[Target]] = {}
        digest = hashlib.sha256()
        named = _names_elsewhere()
        for row in Artifact.objects.order_by("pk").values("pk", "slug", "publisher__name", *ID_COLUMNS):
            home = next((source for id_field, source in HOMES if row[id_field]), None)
            columns = [(id_field, row[id_field]) for id_field in ID_COLUMNS if row[id_field]]
            ids = frozenset((id_field, comparable_id(id_field, value)) for id_field, value in columns)
            target = Target(row["pk"], row["slug"], home, row["publisher__name"], ids)
            if row[IdField.ROUTER]:
                # That list names the router's models by the router's own ids.
                columns.append((IdField.MODELS_DEV, f"openrouter/{row[IdField.ROUTER]}"))
            for id_field, value in (*columns, *named.get(row["pk"], [])):
                self._add(id_field, value, target)
            digest.update(json.dumps(named.get(row["pk"], [])).encode())
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

    def find_all(self, id_field: IdField, record: Record) -> list[Target]:
        """Return the artifacts that a record is about: they go by its id and by none that it denies."""
        return [target for target in self.find(id_field, record.id) if target.agrees(record.only_for)]


def _names_elsewhere() -> dict[int, list[tuple[IdField, str]]]:
    """Return what artifacts are called beside their columns, by artifact. Three queries."""
    named: dict[int, list[tuple[IdField, str]]] = defaultdict(list)
    for pk, scheme, value in Identity.objects.values_list("artifact", "scheme", "value"):
        named[pk].append((IdField(scheme), value))
    linked = Q(url__contains="replicate.com/") | Q(url__contains="civitai.com/models/")
    for pk, url in Link.objects.filter(linked).values_list("artifact", "url"):
        if (found := ids_in_address(url)) and found[0] not in ID_COLUMNS:
            named[pk].append(found)
    claimed = Artifact.objects.filter(claims__in=Claim.objects.verified()).distinct()
    homepage = Link.objects.filter(artifact=OuterRef("pk"), rel=LinkRel.HOMEPAGE.value).values("url")[:1]
    rows = claimed.annotate(homepage=Subquery(homepage))
    for pk, home, repository, hub in rows.values_list("pk", "homepage", "github_repo", "hub_id"):
        places = manifest_places(homepage=home or "", github_repo=repository, hub_id=hub)
        named[pk] += [(IdField.MANIFEST, address) for address in places]
    return {pk: sorted(set(names)) for pk, names in named.items()}

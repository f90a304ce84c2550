"""Source records and artifacts that the seed catalogue refers to."""

from collections.abc import Collection

from django.db.models.functions import Coalesce

from catalog.models import Artifact, SourceRecord
from catalog.seed.schema import SourceEntry


def source_record(source: SourceEntry) -> SourceRecord:
    """Return the record of a source that a catalogue file declares, making it where it is missing."""
    record, _ = SourceRecord.objects.update_or_create(
        kind=source.kind.value,
        url=source.address,
        observed_on=source.observed_on,
        payload_digest="",
        defaults={"name": source.name},
    )
    return record


def standing_ids(slugs: Collection[str] | None = None) -> dict[str, int]:
    """Return the artifact that each slug stands for; a merged one stands for what it was merged into."""
    rows = Artifact.everything.all() if slugs is None else Artifact.everything.filter(slug__in=slugs)
    return dict(rows.values_list("slug", Coalesce("merged_into", "pk")))

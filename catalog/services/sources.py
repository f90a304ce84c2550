"""Source records of the seed catalogue."""

from catalog.models import SourceRecord
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

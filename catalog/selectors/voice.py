"""What builders who proved an artifact say of it."""

from dataclasses import dataclass

from django.db.models import F

from catalog.models import Claim, Statement


@dataclass(frozen=True)
class BuilderVoice:
    """Whether a builder has proved the artifact, and what they say of it in their own words."""

    is_claimed: bool
    words: tuple[str, ...]


def builder_voice(artifact_id: int) -> BuilderVoice:
    """Return what a verified builder says: the last accepted words of each field. One query."""
    rows = list(
        Claim.objects.verified()
        .filter(artifact=artifact_id)
        .order_by(F("statements__decided_at").asc(nulls_first=True))
        .values_list("statements__state", "statements__field", "statements__value")
    )
    accepted = {field: value for state, field, value in rows if state == Statement.State.ACCEPTED}
    fields = (Statement.Field.SUMMARY, Statement.Field.ABOUT)
    return BuilderVoice(bool(rows), tuple(accepted[field] for field in fields if field in accepted))

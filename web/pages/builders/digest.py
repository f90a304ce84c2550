"""One week of a builder's artifacts, as the weekly mail tells it: the dashboard's own numbers and no others."""

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import User
from django.urls import reverse

from catalog.models import Artifact, Claim
from matchgraph.audience import SMALLEST_GROUP, AskedFor, Audience, audience
from matchgraph.audience import Week as HeardWeek
from ranking.selectors import rank_entries
from web.pages.brief.week import Week

SEARCHES: Final = 3


@dataclass(frozen=True)
class Line:
    """One artifact's week; a week in which fewer than five visitors were shown it is not told."""

    name: str
    path: str
    heard: HeardWeek
    before: HeardWeek | None
    searches: tuple[AskedFor, ...]
    rank: str


@dataclass(frozen=True)
class Digest:
    """All lines of one account for one week."""

    week: Week
    lines: tuple[Line, ...]
    smallest_group: int = SMALLEST_GROUP


def digest_of(user: User, week: Week) -> Digest:
    """Read a week of everything in which an account has a role."""
    claims = Claim.objects.verified().open_to(user).select_related("artifact").order_by("artifact__name")
    artifacts = {claim.artifact_id: claim.artifact for claim in claims}
    ranks = {
        artifact_id: f"{entry.score:.1f} ({entry.low:.1f} to {entry.high:.1f})"
        for artifact_id, entry in rank_entries(list(artifacts), with_inputs=False).items()
    }
    lines = (
        _line(artifact, audience(pk), week, rank=ranks.get(pk, "")) for pk, artifact in artifacts.items()
    )
    return Digest(week, tuple(line for line in lines if line is not None))


def _line(artifact: Artifact, heard: Audience, week: Week, *, rank: str) -> Line | None:
    weeks = {each.start: each for each in heard.weeks}
    this = weeks.get(week.monday)
    if this is None or this.shown is None:
        return None
    return Line(
        name=artifact.name,
        path=reverse("dashboard", args=[artifact.slug]),
        heard=this,
        before=weeks.get(week.before.monday),
        searches=heard.asked_for[:SEARCHES],
        rank=rank,
    )

"""An artifact as lists show it."""

from dataclasses import dataclass
from itertools import pairwise

from django.urls import reverse

from catalog.models import Artifact
from catalog.vocabulary import Status
from web.figures import Bar, rank_bar
from web.formatting import kind_label, openness_label


@dataclass(frozen=True)
class ArtifactCard:
    """Name, kind, publisher and rank. ``rank`` is None where nothing is ranked yet.

    ``kind`` and ``openness`` are words for people; the codes are the catalogue's own. ``ended`` says so where
    its publisher has given it up.
    """

    slug: str
    name: str
    path: str
    kind: str
    publisher: str
    summary: str
    openness: str
    is_demonstration: bool
    rank: Bar | None
    kind_code: str = ""
    openness_code: str = ""
    ended: str = ""

    def compare_path(self, other: str) -> str:
        """Return the path of the comparison with the artifact ``other``."""
        return compare_path(self.slug, other)


def compare_path(*slugs: str) -> str:
    """Return the one canonical path of a comparison: sorted slugs.

    >>> compare_path("b", "a")
    '/compare/a-vs-b/'
    """
    return reverse("compare", args=["-vs-".join(sorted(slugs))])


def artifact_card(artifact: Artifact, *, side: str = "") -> ArtifactCard:
    """Return the card of an artifact that was loaded with its publisher."""
    return ArtifactCard(
        slug=artifact.slug,
        name=artifact.name,
        path=artifact.get_absolute_url(),
        kind=kind_label(artifact.kind),
        publisher=artifact.publisher.name,
        summary=artifact.summary,
        openness=openness_label(artifact.openness),
        is_demonstration=artifact.is_demonstration,
        rank=_rank(artifact, side),
        kind_code=artifact.kind,
        openness_code=artifact.openness,
        ended=artifact.status.capitalize() if Status(artifact.status).is_given_up else "",
    )


def card_of(slug: str) -> ArtifactCard | None:
    """Return the card of the artifact of a slug; None if there is none. One query."""
    artifact = Artifact.objects.filter(slug=slug).select_related("publisher").first()
    return artifact_card(artifact) if artifact else None


def _rank(artifact: Artifact, side: str) -> Bar | None:
    if artifact.rank_score is None or artifact.rank_low is None or artifact.rank_high is None:
        return None
    score, low, high = artifact.rank_score, artifact.rank_low, artifact.rank_high
    return rank_bar(float(score), float(low), float(high), side=side)


@dataclass(frozen=True)
class SuggestedComparison:
    """Two artifacts worth comparing."""

    first: ArtifactCard
    second: ArtifactCard
    path: str


def neighbours(cards: list[ArtifactCard]) -> tuple[SuggestedComparison, ...]:
    """Return each artifact of a ranked list beside the next one."""
    pairs = (sorted(pair, key=lambda card: card.slug) for pair in pairwise(cards))
    return tuple(
        SuggestedComparison(first, second, first.compare_path(second.slug)) for first, second in pairs
    )

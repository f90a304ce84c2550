"""The page object of the builder's dashboard."""

from dataclasses import dataclass

from django.urls import reverse

from catalog.models import Artifact, Claim, ClaimEvent, Contest, Role
from catalog.services.contests import contest_of
from evaluation.selectors import headline_scores
from matchgraph.audience import SMALLEST_GROUP, AskedFor, Audience, audience
from matchgraph.rivalry import Duel, Loss, duels, losses
from ranking.selectors import EntryView, rank_entries
from web.pages.builders.claim import builder_meta
from web.pages.builders.raising import Raise, raises, why_ahead
from web.pages.cards import compare_path
from web.pages.components import Component, components_of
from web.pages.meta import Meta
from web.pages.scores import OwnScore, own_scores

EVENTS = 100


@dataclass(frozen=True)
class Rival:
    """Another artifact that visitors of a search took instead, and in what the rank puts it ahead."""

    loss: Loss
    why: str
    compare_path: str


@dataclass(frozen=True)
class Search:
    """One search that found the artifact, and to whom it lost there."""

    asked: AskedFor
    rivals: tuple[Rival, ...]


@dataclass(frozen=True)
class DashboardPage:
    """``/builders/<slug>/``: what searches say of the artifact, what its rank is made of, what was measured."""

    meta: Meta
    artifact: Artifact
    claim: Claim
    role: Role
    contest: Contest | None
    audience: Audience
    smallest_group: int
    searches: tuple[Search, ...]
    duels: tuple[Duel, ...]
    entry: EntryView | None
    components: tuple[Component, ...]
    raises: tuple[Raise, ...]
    scores: tuple[OwnScore, ...]
    events: tuple[ClaimEvent, ...]
    badge_url: str


def dashboard_page(claim: Claim, *, role: Role) -> DashboardPage:
    """Read everything for one verified claim, in a bounded number of queries."""
    artifact = claim.artifact
    heard = audience(artifact.pk)
    lost = losses(artifact.pk, [asked.digest for asked in heard.asked_for])
    rivals = {loss.artifact_id for each in lost.values() for loss in each}
    entries = rank_entries([artifact.pk, *rivals])
    entry = entries.get(artifact.pk)
    return DashboardPage(
        meta=builder_meta(
            f"{artifact.name}: dashboard", reverse("dashboard", args=[artifact.slug]), artifact
        ),
        artifact=artifact,
        claim=claim,
        role=role,
        contest=contest_of(claim),
        audience=heard,
        smallest_group=SMALLEST_GROUP,
        searches=tuple(
            Search(asked, tuple(_rival(artifact, loss, entries) for loss in lost.get(asked.digest, ())))
            for asked in heard.asked_for
        ),
        duels=duels(artifact.pk),
        entry=entry,
        components=components_of(entry) if entry else (),
        raises=raises(entry) if entry else (),
        scores=own_scores(headline_scores([artifact.pk]).get(artifact.pk, [])),
        events=tuple(claim.events.order_by("-at", "-id")[:EVENTS]),
        badge_url=reverse("badge", args=[artifact.slug]),
    )


def _rival(artifact: Artifact, loss: Loss, entries: dict[int, EntryView]) -> Rival:
    return Rival(
        loss=loss,
        why=why_ahead(entries.get(loss.artifact_id), entries.get(artifact.pk)),
        compare_path=compare_path(artifact.slug, loss.slug),
    )

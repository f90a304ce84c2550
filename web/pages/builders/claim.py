"""The page object of claiming an artifact."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from catalog.models import Artifact, Claim, ClaimEvent, Contest, ContestEvidence, Dispute
from catalog.ownership.places import BY_ACCOUNT, Method, Place, find_place
from catalog.ownership.proofs import line_of
from catalog.services.claim_disputes import disputes_against
from catalog.services.claims import claim_places
from catalog.services.contests import contest_of
from web.pages.meta import Crumb, Meta

METHOD_LABELS: Final = {
    Method.DNS: "A DNS record of the homepage's domain",
    Method.WELL_KNOWN: "A file on the homepage's server",
    Method.REPOSITORY: "A file in the GitHub repository",
    Method.HUB: "A file in the Hugging Face repository",
    Method.GITHUB_ADMIN: "A GitHub account that administers the repository",
    Method.HUB_ADMIN: "A Hugging Face account that administers the organisation",
}


@dataclass(frozen=True)
class Way:
    """One way to prove an artifact, as the form offers it."""

    method: str
    label: str
    where: str


@dataclass(frozen=True)
class ClaimPage:
    """``/artifact/<slug>/claim/``: the ways, and where the visitor's own claim stands.

    ``token_line`` is empty where nothing is to be published; ``evidence`` is the visitor's own side of a contest.
    """

    meta: Meta
    artifact: Artifact
    ways: tuple[Way, ...]
    claim: Claim | None
    place: Place | None
    token_line: str
    contest: Contest | None
    evidence: tuple[ContestEvidence, ...]
    disputes: tuple[Dispute, ...]
    events: tuple[ClaimEvent, ...]
    said: str
    error: str


def claim_page(artifact: Artifact, *, user: User, said: str = "", error: str = "") -> ClaimPage:
    """Read the ways of proving an artifact and the user's own claim to it, nobody else's."""
    places = claim_places(artifact)
    own = Claim.objects.filter(artifact=artifact, user=user).prefetch_related("events")
    claim = own.exclude(state=Claim.State.LAPSED).first() or own.first()
    is_open = claim is not None and claim.state == Claim.State.REQUESTED
    is_held = claim is not None and claim.state == Claim.State.VERIFIED
    place = find_place(places, claim.method) if claim is not None and is_open else None
    is_published = place is not None and place.method not in BY_ACCOUNT
    contest = contest_of(claim) if claim is not None else None
    return ClaimPage(
        meta=builder_meta(f"Claim {artifact.name}", reverse("claim", args=[artifact.slug]), artifact),
        artifact=artifact,
        ways=tuple(Way(place.method, METHOD_LABELS[place.method], place.where) for place in places),
        claim=claim,
        place=place,
        token_line=line_of(claim.token) if claim is not None and claim.token and is_published else "",
        contest=contest,
        evidence=tuple(contest.evidence.filter(claim=claim)) if contest is not None else (),
        disputes=tuple(disputes_against(claim)) if claim is not None and is_held else (),
        events=tuple(claim.events.all()) if claim is not None else (),
        said=said,
        error=error,
    )


def claim_asked(following: str | None) -> str:
    """Return the name of the artifact whose claim follows on signing in; empty where something else does.

    Args:
        following: what ``next`` says, as the visitor gave it; anything but a local path is passed over.
    """
    if not following or not url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        return ""
    try:
        found = resolve(urlsplit(following).path)
    except Resolver404:
        return ""
    if found.url_name != "claim":
        return ""
    return Artifact.objects.filter(slug=found.kwargs["slug"]).values_list("name", flat=True).first() or ""


def builder_meta(title: str, path: str, artifact: Artifact) -> Meta:
    """Return the head of a page that is its builder's alone."""
    crumbs = (Crumb(artifact.name, artifact.get_absolute_url()), Crumb(title, path))
    return Meta(title=title, description=title, path=path, crumbs=crumbs, is_indexable=False)

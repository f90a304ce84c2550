"""The page objects of claiming and of the builder's dashboard."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from catalog.models import Artifact, Claim, ClaimEvent, Statement
from catalog.ownership.places import Method, Place, find_place
from catalog.ownership.proofs import line_of
from catalog.services.claims import claim_places
from catalog.services.statements import current_statements
from matchgraph.audience import SMALLEST_GROUP, Audience, audience
from ranking.selectors import EntryView, rank_entries
from web.pages.components import Component, components_of
from web.pages.meta import Crumb, Meta

METHOD_LABELS = {
    Method.DNS: "A DNS record of the homepage's domain",
    Method.WELL_KNOWN: "A file on the homepage's server",
    Method.REPOSITORY: "A file in the GitHub repository",
    Method.HUB: "A file in the Hugging Face repository",
    Method.GITHUB_ADMIN: "A GitHub account that administers the repository",
}


@dataclass(frozen=True)
class Way:
    """One way to prove an artifact, as the form offers it."""

    method: str
    label: str
    where: str


@dataclass(frozen=True)
class ClaimPage:
    """``/artifact/<slug>/claim/``: the ways, and where the visitor's own claim stands."""

    meta: Meta
    artifact: Artifact
    ways: tuple[Way, ...]
    claim: Claim | None
    place: Place | None
    token_line: str
    events: tuple[ClaimEvent, ...]
    said: str
    error: str


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


@dataclass(frozen=True)
class BuildersPage:
    """``/builders/``: every claim of the one who is signed in."""

    meta: Meta
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Words:
    """One field that a builder may fill, with what stands there now."""

    field: str
    label: str
    value: str
    rows: int


@dataclass(frozen=True)
class DashboardPage:
    """``/builders/<slug>/``: what searches say of the artifact, what its rank is made of, its own words."""

    meta: Meta
    artifact: Artifact
    claim: Claim
    audience: Audience
    smallest_group: int
    entry: EntryView | None
    components: tuple[Component, ...]
    words: tuple[Words, ...]
    statements: tuple[Statement, ...]
    events: tuple[ClaimEvent, ...]
    badge_url: str
    error: str


def claim_page(artifact: Artifact, *, user: Any, said: str = "", error: str = "") -> ClaimPage:
    """Read the ways of proving an artifact and the user's own claim to it, nobody else's."""
    places = claim_places(artifact)
    claim = Claim.objects.filter(artifact=artifact, user=user).prefetch_related("events").first()
    is_open = claim is not None and claim.state == Claim.State.REQUESTED
    return ClaimPage(
        meta=_meta(f"Claim {artifact.name}", reverse("claim", args=[artifact.slug]), artifact),
        artifact=artifact,
        ways=tuple(Way(place.method, METHOD_LABELS[place.method], place.where) for place in places),
        claim=claim,
        place=find_place(places, claim.method) if claim is not None and is_open else None,
        token_line=line_of(claim.token) if claim is not None and claim.token else "",
        events=tuple(claim.events.all()) if claim is not None else (),
        said=said,
        error=error,
    )


@dataclass(frozen=True)
class WelcomePage:
    """``/builders/`` for who is not signed in."""

    meta: Meta


def welcome_page() -> WelcomePage:
    """Say what builders get; nothing is read."""
    return WelcomePage(
        Meta(
            title="For builders",
            description="Prove what is yours, see how people find it, and speak beside our words.",
            path=reverse("builders"),
            is_indexable=False,
        )
    )


def builders_page(user: Any) -> BuildersPage:
    """Read the user's claims."""
    claims = Claim.objects.filter(user=user).select_related("artifact__publisher")
    meta = Meta(
        title="For builders",
        description="Your claims, how people find what you built, and your own words on its page.",
        path=reverse("builders"),
        is_indexable=False,
    )
    return BuildersPage(meta, tuple(claims))


def dashboard_page(claim: Claim, *, error: str = "") -> DashboardPage:
    """Read everything for one verified claim."""
    artifact = claim.artifact
    entry = rank_entries([artifact.pk]).get(artifact.pk)
    words = current_statements(artifact.pk)
    return DashboardPage(
        meta=_meta(f"{artifact.name}: dashboard", reverse("dashboard", args=[artifact.slug]), artifact),
        artifact=artifact,
        claim=claim,
        audience=audience(artifact.pk),
        smallest_group=SMALLEST_GROUP,
        entry=entry,
        components=components_of(entry) if entry else (),
        words=(
            Words("summary", "In one sentence (20 to 240 characters)", words.get("summary", ""), 2),
            Words("about", "In more words (up to 4,000 characters)", words.get("about", ""), 8),
        ),
        statements=tuple(claim.statements.all()[:20]),
        events=tuple(claim.events.all()),
        badge_url=f"/badge/{artifact.slug}.svg",
        error=error,
    )


def _meta(title: str, path: str, artifact: Artifact) -> Meta:
    crumbs = (Crumb(artifact.name, artifact.get_absolute_url()), Crumb(title, path))
    return Meta(title=title, description=title, path=path, crumbs=crumbs, is_indexable=False)

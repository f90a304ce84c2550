"""The page object of a claim's people."""

from dataclasses import dataclass

from django.urls import reverse

from catalog.models import Claim, Invitation, Maintainer, Role
from web.pages.builders.claim import builder_meta
from web.pages.meta import Meta


@dataclass(frozen=True)
class PeoplePage:
    """``/builders/<slug>/people/``: who looks after a claim, and who was asked to."""

    meta: Meta
    claim: Claim
    role: Role
    maintainers: tuple[Maintainer, ...]
    invitations: tuple[Invitation, ...]
    roles: tuple[tuple[str, str], ...]
    written: str
    error: str

    @property
    def is_owner(self) -> bool:
        """Whether the visitor may change anything here."""
        return self.role == Role.OWNER


def people_page(claim: Claim, *, role: Role, written: str = "", error: str = "") -> PeoplePage:
    """Read a claim's people. Two queries."""
    name = claim.artifact.name
    return PeoplePage(
        meta=builder_meta(f"{name}: people", reverse("people", args=[claim.artifact.slug]), claim.artifact),
        claim=claim,
        role=role,
        maintainers=tuple(claim.maintainers.select_related("user")),
        invitations=tuple(claim.invitations.open()),
        roles=(
            (Role.EDITOR.value, "Editor"),
            (Role.VIEWER.value, "Viewer"),
            (Role.OWNER.value, "Owner, in your place"),
        ),
        written=written,
        error=error,
    )

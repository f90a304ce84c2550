"""The page object of ``/artifact/<slug>/disputes/``."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from catalog.models import Artifact, Dispute
from web.pages.meta import Crumb, Meta


@dataclass(frozen=True)
class DisputesPage:
    """What was disputed about an artifact, how it was answered, and a form."""

    meta: Meta
    artifact: Artifact
    disputes: tuple[Dispute, ...]
    subjects: tuple[tuple[str, str], ...]
    written: Mapping[str, str]
    errors: Mapping[str, list[str]]
    is_sent: bool


def disputes_page(
    artifact: Artifact, *, written: Mapping[str, str], errors: Mapping[str, list[str]], is_sent: bool
) -> DisputesPage:
    """Read the disputes that were answered, and how many wait. An open one is not shown: it may be slander."""
    title = f"Disputes about {artifact.name}"
    path = reverse("disputes", args=[artifact.slug])
    return DisputesPage(
        meta=Meta(
            title=title,
            description=f"What people called wrong about {artifact.name}, and what became of it.",
            path=path,
            crumbs=(Crumb(artifact.name, artifact.get_absolute_url()), Crumb("Disputes", path)),
        ),
        artifact=artifact,
        disputes=tuple(artifact.disputes.exclude(state=Dispute.State.OPEN)[:50]),
        subjects=tuple(Dispute.Subject.choices),
        written=written,
        errors=errors,
        is_sent=is_sent,
    )

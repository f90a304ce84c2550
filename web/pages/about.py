"""The page object of ``/about/``."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from catalog.models import Artifact, SourceRecord
from evaluation.models import Sample
from web.pages.meta import Crumb, Meta


@dataclass(frozen=True)
class AboutPage:
    """What the site is, with the counts of today, and who answers for it, where an operator says so."""

    meta: Meta
    n_artifacts: int
    n_sources: int
    n_pictures: int
    operator: str
    contact: str


def about_page() -> AboutPage:
    """Return the page. Three queries."""
    path = reverse("about")
    return AboutPage(
        meta=Meta(
            title=f"About {settings.SITE_NAME}",
            description="What this site is for, where its numbers come from, what it keeps of its visitors.",
            path=path,
            crumbs=(Crumb("About", path),),
        ),
        n_artifacts=Artifact.objects.real().count(),
        n_sources=SourceRecord.objects.count(),
        n_pictures=Sample.objects.filter(status=Sample.Status.OK).count(),
        operator=settings.OPERATOR_NAME,
        contact=settings.CONTACT_EMAIL,
    )

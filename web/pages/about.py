"""The page object of ``/about/``."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from catalog.models import Artifact, SourceRecord
from catalog.selectors import Coverage, KindCoverage, catalogue_coverage
from evaluation.models import Sample
from web.formatting import kind_label
from web.pages.meta import Crumb, Meta


@dataclass(frozen=True)
class KnownRow:
    """How many artifacts of a kind there are, and the share of them of which something is known."""

    label: str
    n_artifacts: int
    priced: str
    licensed: str
    adopted: str


@dataclass(frozen=True)
class AboutPage:
    """What the site is, with the counts of today, and who answers for it, where an operator says so."""

    meta: Meta
    n_artifacts: int
    n_demonstrations: int
    n_sources: int
    n_pictures: int
    operator: str
    contact: str
    known: tuple[KnownRow, ...]
    n_values: int
    sourced: str
    opened: str


def about_page() -> AboutPage:
    """Return the page. Eight queries."""
    path = reverse("about")
    coverage = catalogue_coverage()
    return AboutPage(
        meta=Meta(
            title=f"About {settings.SITE_NAME}",
            description="What this site is for, where its numbers come from, what it keeps of its visitors.",
            path=path,
            crumbs=(Crumb("About", path),),
        ),
        n_artifacts=sum(row.n_artifacts for row in coverage.kinds),
        n_demonstrations=Artifact.objects.filter(is_demonstration=True).count(),
        n_sources=SourceRecord.objects.count(),
        n_pictures=Sample.objects.filter(status=Sample.Status.OK).count(),
        operator=settings.OPERATOR_NAME,
        contact=settings.CONTACT_EMAIL,
        known=known_rows(coverage),
        n_values=coverage.n_values,
        sourced=_share(coverage.n_sourced, coverage.n_values),
        opened=_share(coverage.n_opened, coverage.n_values),
    )


def known_rows(coverage: Coverage) -> tuple[KnownRow, ...]:
    """Return a row for each kind, then one for all of them; nothing where there are no artifacts."""
    rows = tuple(_known_row(kind_label(kind.kind), [kind]) for kind in coverage.kinds)
    return (*rows, _known_row("All", coverage.kinds)) if rows else ()


def _known_row(label: str, kinds: Sequence[KindCoverage]) -> KnownRow:
    n = sum(kind.n_artifacts for kind in kinds)
    return KnownRow(
        label,
        n,
        _share(sum(kind.n_priced for kind in kinds), n),
        _share(sum(kind.n_licensed for kind in kinds), n),
        _share(sum(kind.n_adopted for kind in kinds), n),
    )


def _share(part: int, whole: int) -> str:
    """Return a share in whole per cent, rounded down: 100 % is said of all alone.

    >>> _share(199, 200), _share(7, 7), _share(0, 0)
    ('99 %', '100 %', '')
    """
    return f"{100 * part // whole} %" if whole else ""

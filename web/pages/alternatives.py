"""The page object of ``/alternatives/<slug>/``."""

from dataclasses import dataclass

from django.urls import reverse

from catalog.costs import starting_price
from catalog.models import Artifact
from catalog.pricing import pricing_model
from catalog.seed.usage import shipped_usage
from catalog.selectors import artifacts_with_details, price_of
from catalog.vocabulary import Openness
from matchgraph.selectors import Related, related
from web.pages.cards import ArtifactCard, artifact_card
from web.pages.linked_data import item_list
from web.pages.meta import Crumb, Meta

SHOWN = 20


@dataclass(frozen=True)
class AlternativeRow:
    """One alternative: what it shares, what it costs and where to see both side by side."""

    card: ArtifactCard
    overlap: str
    n_shared: int
    n_own: int
    shared: tuple[str, ...]
    pricing: str
    starting_price: str
    licence: str
    compare_path: str


@dataclass(frozen=True)
class AlternativesPage:
    """Artifacts whose capabilities overlap with one artifact's, most first."""

    meta: Meta
    card: ArtifactCard
    rows: tuple[AlternativeRow, ...]


def alternatives_page(slug: str) -> AlternativesPage | None:
    """Return the alternatives to an artifact; None if there is none of that slug."""
    artifact = Artifact.objects.filter(slug=slug).select_related("publisher").first()
    if artifact is None:
        return None
    found = related(artifact.pk, limit=SHOWN)
    others = {other.slug: other for other in artifacts_with_details([item.slug for item in found])}
    path = reverse("alternatives", args=[slug])
    rows = tuple(_row(slug, item, others[item.slug]) for item in found)
    title = f"Alternatives to {artifact.name}"
    return AlternativesPage(
        meta=Meta(
            title=title,
            description=f"What does the same as {artifact.name}: shared capabilities, rank, price and licence.",
            path=path,
            crumbs=(Crumb(artifact.name, artifact.get_absolute_url()), Crumb("Alternatives", path)),
            linked_data=(item_list(title, [row.card for row in rows]),),
            is_indexable=bool(rows),
            markdown_path=reverse("alternatives-markdown", args=[slug]),
        ),
        card=artifact_card(artifact),
        rows=rows,
    )


def _row(slug: str, item: Related, other: Artifact) -> AlternativeRow:
    prices = [price_of(offer) for offer in other.offers.all()]
    price = starting_price(prices, artifact=other.slug, usage=shipped_usage())
    card = artifact_card(other)
    return AlternativeRow(
        card=card,
        overlap=f"{item.overlap * 100:.0f}",
        n_shared=item.n_shared,
        n_own=item.n_own,
        shared=item.shared,
        pricing=pricing_model(Openness(other.openness), prices),
        starting_price=price.text if price else "",
        licence=other.licence_name,
        compare_path=card.compare_path(slug),
    )

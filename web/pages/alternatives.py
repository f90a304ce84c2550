"""The page object of ``/alternatives/<slug>/``."""

from dataclasses import dataclass

from django.urls import reverse

from catalog.costs import StartingPrice, starting_price
from catalog.models import Artifact
from catalog.pricing import pricing_model
from catalog.seed.usage import shipped_usage
from catalog.selectors import artifacts_with_details, price_of
from catalog.vocabulary import Openness
from matchgraph.selectors import Related, related
from web.pages.advantages import Terms, advantages
from web.pages.cards import ArtifactCard, artifact_card
from web.pages.linked_data import item_list
from web.pages.meta import Crumb, Meta

SHOWN = 20


@dataclass(frozen=True)
class AlternativeRow:
    """One alternative: what it shares, what speaks for it, what it costs and where to see both side by side."""

    card: ArtifactCard
    overlap: str
    n_shared: int
    n_own: int
    shared: tuple[str, ...]
    pricing: str
    starting_price: str
    licence: str
    compare_path: str
    # "cheaper", "open weights": only what is known of both.
    advantages: tuple[str, ...] = ()


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
    both = {each.slug: each for each in artifacts_with_details([slug, *(item.slug for item in found)])}
    path = reverse("alternatives", args=[slug])
    rows = tuple(_row(both[slug], item, both[item.slug]) for item in found)
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


def _row(own: Artifact, item: Related, other: Artifact) -> AlternativeRow:
    price = _starting_price(other)
    card = artifact_card(other)
    return AlternativeRow(
        card=card,
        overlap=f"{item.overlap * 100:.0f}",
        n_shared=item.n_shared,
        n_own=item.n_own,
        shared=item.shared,
        pricing=pricing_model(Openness(other.openness), [price_of(offer) for offer in other.offers.all()]),
        starting_price=price.text if price else "",
        licence=other.licence_name,
        compare_path=card.compare_path(own.slug),
        advantages=advantages(_terms(own), _terms(other)),
    )


def _starting_price(artifact: Artifact) -> StartingPrice | None:
    prices = [price_of(offer) for offer in artifact.offers.all()]
    return starting_price(prices, artifact=artifact.slug, usage=shipped_usage())


def _terms(artifact: Artifact) -> Terms:
    return _starting_price(artifact), Openness(artifact.openness)

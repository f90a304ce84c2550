"""The page object of ``/artifact/<slug>/``."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from catalog.costs import StartingPrice, starting_price
from catalog.models import AdoptionSignal, Artifact, Category, Fact, ReportedResult
from catalog.pricing import Price, pricing_model
from catalog.seed.usage import shipped_usage
from catalog.selectors import (
    BuilderVoice,
    artifacts_with_details,
    builder_voice,
    latest_adoption,
    price_histories,
    price_of,
    winning_facts,
)
from catalog.vocabulary import Openness
from evaluation.selectors import SuiteScore, contamination_gaps, headline_scores
from matchgraph.selectors import (
    MatchEvidence,
    match_evidence,
)
from ranking.selectors import EntryView, PublishedRank, published_rank
from web.formatting import external_url, host_of, link_label, makes_pictures
from web.pages.artifact.capabilities import FullCapability, NamedLink, full_capability
from web.pages.artifact.facts import FactLine, adoption_lines, fact_lines
from web.pages.artifact.family import FamilyLine, family
from web.pages.artifact.history import RankHistory, rank_history
from web.pages.artifact.linked_data import software_application
from web.pages.artifact.pictures import SELECTION_RULE, artifact_pictures
from web.pages.artifact.prices import PriceLine, price_lines
from web.pages.artifact.related import RelatedLine, related_lines
from web.pages.artifact.vote import VoteForm
from web.pages.cards import ArtifactCard, artifact_card
from web.pages.components import Component, components_of
from web.pages.contamination import GapLine, gap_line
from web.pages.folding import Folded, folded
from web.pages.linked_data import image_objects, observation
from web.pages.meta import Crumb, Meta, shortened
from web.pages.pictures import Picture
from web.pages.reported import ReportedValue, reported_value
from web.pages.scores import OwnScore, own_scores
from web.pages.sources import Source, distinct_sources, source_of

CAPABILITIES_SHOWN = 6
RELATED_SHOWN = 6
ALTERNATIVES_SHOWN = 4


@dataclass(frozen=True)
class ArtifactPage:
    """Everything on the page; the Markdown twin is drawn from the same object."""

    meta: Meta
    card: ArtifactCard
    about: str
    links: tuple[NamedLink, ...]
    pricing: str
    starting_price: StartingPrice | None
    prices: tuple[Price, ...]
    price_lines: tuple[PriceLine, ...]
    entry: EntryView | None
    history: RankHistory | None
    components: tuple[Component, ...]
    capabilities: Folded[FullCapability]
    best_for: tuple[str, ...]
    limitations: tuple[str, ...]
    requirements: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    facts: tuple[FactLine, ...]
    adoption: tuple[FactLine, ...]
    pictures: Folded[tuple[str, Picture]]
    picture_rule: str
    scores: tuple[OwnScore, ...]
    gaps: tuple[GapLine, ...]
    reported: tuple[ReportedValue, ...]
    matches: MatchEvidence
    family: tuple[FamilyLine, ...]
    related: tuple[RelatedLine, ...]
    alternatives: tuple[ArtifactCard, ...]
    categories: tuple[Category, ...]
    sources: tuple[Source, ...]
    voice: BuilderVoice
    unmeasured: str = ""
    vote: VoteForm | None = None


@dataclass(frozen=True)
class _Rows:
    """What the selectors returned for one artifact."""

    artifact: Artifact
    facts: dict[str, Fact]
    adoption: list[AdoptionSignal]
    reported: list[ReportedResult]
    rank: PublishedRank | None


def artifact_page(slug: str) -> ArtifactPage | None:
    """Return the page of one artifact; None if there is none of that slug."""
    found = artifacts_with_details([slug])
    if not found:
        return None
    artifact = found[0]
    rows = _Rows(
        artifact=artifact,
        facts=winning_facts([artifact.pk]).get(artifact.pk, {}),
        adoption=latest_adoption([artifact.pk]).get(artifact.pk, []),
        reported=list(artifact.reported_results.counted().select_related("source").defer("source__payload")),
        rank=published_rank(artifact.pk),
    )
    return _assembled(rows)


def _assembled(rows: _Rows) -> ArtifactPage:
    artifact = rows.artifact
    prices = tuple(price_of(offer) for offer in artifact.offers.all())
    price = starting_price(prices, artifact=artifact.slug, usage=shipped_usage())
    capabilities = [full_capability(row) for row in artifact.capabilities.all()]
    scores = headline_scores([artifact.pk]).get(artifact.pk, [])
    pictures = artifact_pictures(artifact.name, scores)
    return ArtifactPage(
        meta=_meta(artifact, prices, capabilities, linked_data=_measured(artifact, scores, pictures)),
        card=artifact_card(artifact),
        about=artifact.about,
        links=_links(artifact),
        pricing=pricing_model(Openness(artifact.openness), prices),
        starting_price=price,
        prices=prices,
        price_lines=price_lines(prices, price_histories([artifact.pk]).get(artifact.pk, [])),
        entry=rows.rank.entry if rows.rank else None,
        history=rank_history(rows.rank) if rows.rank else None,
        components=components_of(rows.rank.entry) if rows.rank else (),
        capabilities=folded(capabilities, at=CAPABILITIES_SHOWN),
        best_for=tuple(artifact.best_for),
        limitations=tuple(artifact.limitations),
        requirements=tuple(artifact.requirements),
        inputs=tuple(artifact.inputs),
        outputs=tuple(artifact.outputs),
        facts=fact_lines(artifact, rows.facts),
        adoption=adoption_lines(rows.adoption),
        pictures=pictures,
        picture_rule=SELECTION_RULE,
        scores=own_scores(scores),
        gaps=tuple(gap_line(gap) for gap in contamination_gaps([artifact.pk]).get(artifact.pk, ())),
        reported=tuple(reported_value(result) for result in rows.reported),
        matches=match_evidence([artifact.pk], with_intents=True)[artifact.pk],
        family=family(artifact.pk),
        related=related_lines(artifact, own_price=price, limit=RELATED_SHOWN),
        alternatives=tuple(artifact_card(row) for row in _alternatives(artifact)),
        categories=tuple(artifact.categories.all()),
        sources=_sources(rows),
        voice=builder_voice(artifact.pk),
        unmeasured="" if scores else _unmeasured(artifact),
    )


def _unmeasured(artifact: Artifact) -> str:
    """Return why there is no score: not yet, or never."""
    if makes_pictures(artifact.kind):
        return (
            "Not measured yet. Once its pictures are made and scored, each score here leads to the picture, the "
            "seed and the reason."
        )
    return "Does not apply: it makes no pictures by itself, so there is nothing of its own to score."


def _alternatives(artifact: Artifact) -> QuerySet[Artifact]:
    """Return the best ranked of the same kind on the same shelves."""
    shelves = [category.pk for category in artifact.categories.all()]
    others = Artifact.objects.filter(kind=artifact.kind, categories__in=shelves).exclude(pk=artifact.pk)
    others = others.filter(is_demonstration=artifact.is_demonstration)
    return others.ranked().select_related("publisher").distinct()[:ALTERNATIVES_SHOWN]


def _links(artifact: Artifact) -> tuple[NamedLink, ...]:
    return tuple(
        NamedLink(f"{link_label(link.rel)}, {host_of(link.url)}", link.url)
        for link in artifact.links.all()
        if external_url(link.url)
    )


def _measured(
    artifact: Artifact, scores: Sequence[SuiteScore], pictures: Folded[tuple[str, Picture]]
) -> tuple[dict[str, object], ...]:
    """Return what we measured and what it drew as linked data."""
    path = artifact.get_absolute_url()
    found = filter(None, (observation(artifact.name, path, score) for score in scores))
    return (*found, *image_objects(picture for _, picture in pictures.shown))


def _meta(
    artifact: Artifact,
    prices: tuple[Price, ...],
    capabilities: list[FullCapability],
    *,
    linked_data: tuple[dict[str, object], ...],
) -> Meta:
    path = artifact.get_absolute_url()
    shelf, rank = _home_shelf(artifact), artifact_card(artifact).rank
    crumbs = [Crumb(shelf.name, reverse("category", args=[shelf.slug]))] if shelf else []
    return Meta(
        title=f"{artifact.name}: capabilities, price, licence and rank",
        description=shortened(artifact.summary),
        path=path,
        crumbs=(*crumbs, Crumb(artifact.name, path)),
        linked_data=(
            software_application(artifact, prices, [item.note.name for item in capabilities]),
            *linked_data,
        ),
        markdown_path=reverse("artifact-markdown", args=[artifact.slug]),
        image_path=reverse("artifact-image", args=[artifact.slug]),
        image_alt=f"{artifact.name}: {rank.words}" if rank else f"{artifact.name}, not ranked yet",
    )


def _home_shelf(artifact: Artifact) -> Category | None:
    """Return the shelf that most of its kind share with it: a model that can be tuned is no tuner. One query."""
    same = Count("artifacts", filter=Q(artifacts__kind=artifact.kind, artifacts__is_demonstration=False))
    shelves = Category.objects.filter(pk__in=[category.pk for category in artifact.categories.all()])
    return shelves.annotate(n_same=same).order_by("-n_same", "name").first()


def _sources(rows: _Rows) -> tuple[Source, ...]:
    """Return every outside source that a value on the page rests on."""
    dated = [(fact.source, fact.observed_on) for fact in rows.facts.values()]
    dated += [(offer.source, offer.as_of) for offer in rows.artifact.offers.all()]
    dated += [(signal.source, signal.observed_on) for signal in rows.adoption]
    dated += [(result.source, result.observed_on) for result in rows.reported]
    return distinct_sources(source_of(source, as_of=day) for source, day in dated)

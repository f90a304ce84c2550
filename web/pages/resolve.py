"""An intent resolved to one artifact: drawn from the search's page object and the artifact's."""

from dataclasses import dataclass

from catalog.vocabulary import LinkRel
from matchgraph.search.records import Fit
from web.formatting import link_label
from web.pages.artifact.capabilities import NamedLink
from web.pages.artifact.facts import FactLine
from web.pages.artifact.page import ArtifactPage, artifact_page
from web.pages.search import Hit, SearchResultsPage, search_page

ALTERNATIVES = 4
# What gets one going first: a hosted interface, then what to install, then what to read.
START_ORDER = (
    LinkRel.API,
    LinkRel.PACKAGE,
    LinkRel.WEIGHTS,
    LinkRel.REPOSITORY,
    LinkRel.DOCUMENTATION,
    LinkRel.HOMEPAGE,
)


@dataclass(frozen=True)
class Recommendation:
    """The best answer with its whole page, its licence and the links to begin with."""

    hit: Hit
    page: ArtifactPage
    licence: FactLine
    how_to_start: tuple[NamedLink, ...]


@dataclass(frozen=True)
class ResolvePage:
    """``best`` is None where nothing fits well; the nearest are then among the alternatives."""

    found: SearchResultsPage
    best: Recommendation | None
    alternatives: tuple[Hit, ...]


def resolve_page(intent: str, *, visitor: str | None) -> ResolvePage:
    """Return the one artifact that answers an intent best, and what else does."""
    found = search_page(intent, visitor=visitor)
    best = _recommendation(found)
    others = found.hits[1:] if best else found.hits
    return ResolvePage(found, best, others[:ALTERNATIVES])


def _recommendation(found: SearchResultsPage) -> Recommendation | None:
    """Return the best answer that one can be sent to: never one of low confidence, or that was given up."""
    if found.is_weak or not found.hits:
        return None
    hit = found.hits[0]
    if hit.result.confidence == Fit.LOW or hit.result.is_given_up:
        return None
    page = artifact_page(hit.card.slug)
    if page is None:
        return None
    licence = next(line for line in page.facts if line.field == "licence")
    return Recommendation(hit, page, licence, _how_to_start(page.links))


def _how_to_start(links: tuple[NamedLink, ...]) -> tuple[NamedLink, ...]:
    """Return the links that lead to using it, the quickest first."""
    order = {link_label(rel): place for place, rel in enumerate(START_ORDER)}
    known = [link for link in links if _label(link) in order]
    return tuple(sorted(known, key=lambda link: order[_label(link)]))


def _label(link: NamedLink) -> str:
    return link.name.rpartition(", ")[0]

"""The page object of ``/compare/<a>-vs-<b>/``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from django.urls import reverse

from catalog.costs import Volume
from evaluation.selectors import (
    PairedScore,
    ScoredPair,
    pair_samples,
    paired_differences,
    scored_pairs,
    typical_pairs,
)
from matchgraph.selectors import overlaps_of
from ranking.compute.verdict import Verdict, verdict
from web.pages.cards import compare_path
from web.pages.compare.capabilities import CapabilitySection, capability_section
from web.pages.compare.choose import Choice, choices
from web.pages.compare.comparison import CONFIDENCE_WORDS, Comparison
from web.pages.compare.costs import AskedVolume, CostSection, cost_section
from web.pages.compare.history import history_chart
from web.pages.compare.kept import read_with, sides_of
from web.pages.compare.pictures import PICTURES_PER_SUITE, PictureSection, picture_section
from web.pages.compare.scores import PairOf, measured_differences, reported_rows, score_section
from web.pages.compare.sides import ComparedArtifact, verdict_side
from web.pages.compare.strip import strip_of
from web.pages.compare.table import feature_groups
from web.pages.linked_data import image_objects
from web.pages.meta import Crumb, Meta, shortened
from web.pages.sources import Source, distinct_sources

# Fewer shared capabilities than this, and no shared measurement, give a reader too little to search for.
SHARED_FOR_INDEX = 3


@dataclass(frozen=True, kw_only=True)
class ComparePage(Comparison):
    """Everything on the page; the Markdown twin is drawn from the same object."""

    template: ClassVar = "compare"

    verdict: Verdict
    confidence: str
    pictures: PictureSection
    capabilities: CapabilitySection
    sources: tuple[Source, ...]
    choices: tuple[Choice, Choice]

    @property
    def first(self) -> ComparedArtifact:
        """Return A."""
        return self.sides[0]

    @property
    def second(self) -> ComparedArtifact:
        """Return B."""
        return self.sides[1]


def compare_page(
    first_slug: str, second_slug: str, *, asked: AskedVolume | None = None
) -> ComparePage | None:
    """Return the comparison of two artifacts, ``first_slug`` the smaller; None if either is unknown."""
    sides = sides_of([first_slug, second_slug])
    if sides is None:
        return None
    first, second = sides
    one, other = first.artifact.pk, second.artifact.pk
    views = {one: first.capabilities, other: second.capabilities}
    capabilities = capability_section(
        overlaps_of(one, [other], views=views, read_sets=read_with((first, second)))[other]
    )
    scored = scored_pairs(one, other) if first.scores and second.scores else []
    costs = cost_section((first, second), asked or AskedVolume(Volume()))
    return _assembled(first, second, capabilities, scored, costs)


def _assembled(
    first: ComparedArtifact,
    second: ComparedArtifact,
    capabilities: CapabilitySection,
    scored: Sequence[ScoredPair],
    costs: CostSection,
) -> ComparePage:
    paired = paired_differences(scored)
    shown = pair_samples(typical_pairs(scored, per_suite=PICTURES_PER_SUITE)) if scored else []
    said = verdict(
        first.once(verdict_side),
        second.once(verdict_side),
        measured=measured_differences(paired),
        capabilities=capabilities.counts,
    )
    pictures = picture_section(first, second, shown, scored=scored)
    meta = _meta(first, second, said, is_indexable=_is_indexable(first, second, capabilities, paired))
    drawn = image_objects(picture for pair in pictures.pairs for picture in pair.pictures)
    return ComparePage(
        meta=replace(meta, linked_data=drawn),
        sides=(first, second),
        headline=said.headline,
        verdict=said,
        confidence=CONFIDENCE_WORDS[said.confidence],
        groups=feature_groups((first, second), ranks_differ=said.leader is not None),
        pictures=pictures,
        scores=score_section((first, second), [PairOf(first, second, score) for score in paired]),
        reported=reported_rows((first, second)),
        history=history_chart((first, second)),
        capabilities=capabilities,
        sources=_sources(first, second),
        costs=costs,
        strip=strip_of(costs.sides),
        choices=choices(costs.sides, paired, capabilities),
    )


def _is_indexable(
    first: ComparedArtifact,
    second: ComparedArtifact,
    capabilities: CapabilitySection,
    paired: Sequence[PairedScore],
) -> bool:
    has_something_to_say = bool(paired) or len(capabilities.shared) >= SHARED_FOR_INDEX
    return bool(first.shelves & second.shelves) and has_something_to_say


def _meta(first: ComparedArtifact, second: ComparedArtifact, said: Verdict, *, is_indexable: bool) -> Meta:
    slugs = (first.artifact.slug, second.artifact.slug)
    path = compare_path(*slugs)
    title = f"{first.name} vs {second.name}"
    return Meta(
        title=title,
        description=shortened(
            f"{said.headline} Features, prices, licences, pictures and scores side by side."
        ),
        path=path,
        crumbs=(Crumb("Leaderboard", reverse("leaderboard")), Crumb(title, path)),
        is_indexable=is_indexable,
        markdown_path=reverse("compare-markdown", args=["-vs-".join(slugs)]),
        image_path=reverse("compare-image", args=["-vs-".join(slugs)]),
        image_alt=said.headline,
    )


def _sources(*sides: ComparedArtifact) -> tuple[Source, ...]:
    """Return every outside source that a value on the page rests on."""
    cited = [
        source
        for side in sides
        for source in (
            *side.fact_sources.values(),
            *side.price_sources,
            *(result.source for result in side.reported),
        )
    ]
    return distinct_sources(cited)

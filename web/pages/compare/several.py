"""The page object of ``/compare/<a>-vs-<b>-vs-<c>/``: three or four artifacts at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from django.urls import reverse

from catalog.costs import Volume
from evaluation.selectors import PairwiseScore, SampleSet, set_samples, several_scores, typical_sets
from matchgraph.selectors import overlaps_of
from ranking.compute.several import PairwiseDifference, SeveralVerdict, ranks_differ, several_verdict
from web.pages.cards import compare_path
from web.pages.compare.aligned import AlignedSection, aligned_section
from web.pages.compare.comparison import CONFIDENCE_WORDS, Comparison
from web.pages.compare.costs import AskedVolume, cost_section
from web.pages.compare.history import history_chart
from web.pages.compare.kept import read_with, sides_of
from web.pages.compare.scores import PairOf, measured_differences, reported_rows, score_section
from web.pages.compare.sides import ComparedArtifact, verdict_side
from web.pages.compare.strip import strip_of
from web.pages.compare.table import feature_groups
from web.pages.meta import Crumb, Meta
from web.pages.pictures import Picture, picture_of

MOST = 4
SELECTION_RULE = (
    "From every suite that all have run: the prompt on which they differ most, and the one in the middle. "
    "Same prompt, same seed, nothing picked by hand; failures are shown as failures."
)


@dataclass(frozen=True)
class PairLink:
    """Two of the artifacts, and where they stand side by side in full."""

    first: ComparedArtifact
    second: ComparedArtifact
    path: str


@dataclass(frozen=True)
class PictureSet:
    """One prompt and seed, drawn by each side that was measured."""

    prompt: str
    prompt_path: str
    suite: str
    seed: int
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, kw_only=True)
class SeveralPage(Comparison):
    """Everything on the page; the Markdown twin is drawn from the same object."""

    template: ClassVar = "compare_several"

    verdict: SeveralVerdict
    confidence: str
    sets: tuple[PictureSet, ...]
    picture_rule: str
    capabilities: AlignedSection
    pairs: tuple[PairLink, ...]

    @property
    def has_marks(self) -> bool:
        """Return whether a reader's findings can be drawn over any of the pictures."""
        return any(picture.marks for item in self.sets for picture in item.pictures)


def several_page(slugs: Sequence[str], *, asked: AskedVolume | None = None) -> SeveralPage | None:
    """Return the comparison of three or four artifacts; None if any is unknown. At most ten queries."""
    sides = sides_of(slugs)
    if sides is None:
        return None
    first, *others = sides
    views = {side.artifact.pk: side.capabilities for side in sides}
    overlaps = overlaps_of(
        first.artifact.pk,
        [side.artifact.pk for side in others],
        views=views,
        read_sets=read_with(sides),
    )
    measured = [side for side in sides if side.scores]
    sets, pairwise = (
        several_scores([side.artifact.pk for side in measured]) if len(measured) > 1 else ([], [])
    )
    said = several_verdict(
        [side.once(verdict_side) for side in sides], measured=_differences(sides, pairwise)
    )
    costs = cost_section(sides, asked or AskedVolume(Volume()))
    return SeveralPage(
        meta=_meta(sides, said.headline),
        sides=sides,
        headline=said.headline,
        verdict=said,
        confidence=CONFIDENCE_WORDS[said.confidence],
        groups=feature_groups(sides, ranks_differ=_ranks_differ(sides)),
        scores=score_section(sides, _pairs_of(sides, pairwise)),
        reported=reported_rows(sides),
        history=history_chart(sides),
        sets=tuple(_picture_set(item, measured) for item in set_samples(typical_sets(sets))),
        picture_rule=SELECTION_RULE,
        capabilities=aligned_section(sides, overlaps),
        pairs=tuple(_pair(*pair) for pair in combinations(sides, 2)),
        costs=costs,
        strip=strip_of(costs.sides),
    )


def _pairs_of(sides: Sequence[ComparedArtifact], pairwise: Iterable[PairwiseScore]) -> list[PairOf]:
    by_id = {side.artifact.pk: side for side in sides}
    return [PairOf(by_id[each.first_id], by_id[each.second_id], each.score) for each in pairwise]


def _differences(
    sides: Sequence[ComparedArtifact], pairwise: Iterable[PairwiseScore]
) -> list[PairwiseDifference]:
    """Return the paired differences as the verdict reads them."""
    return [
        PairwiseDifference(pair.first.name, pair.second.name, *measured_differences([pair.score]))
        for pair in _pairs_of(sides, pairwise)
    ]


def _ranks_differ(sides: Sequence[ComparedArtifact]) -> bool:
    return ranks_differ([side.once(verdict_side).rank for side in sides])


def _picture_set(item: SampleSet, measured: Sequence[ComparedArtifact]) -> PictureSet:
    return PictureSet(
        prompt=item.prompt_text,
        prompt_path=reverse("prompt-gallery", args=[item.suite_slug, item.prompt_key]),
        suite=item.suite_name,
        seed=item.seed,
        pictures=tuple(
            picture_of(cell, maker=side.name, prompt=item.prompt_text, letter=side.letter)
            for cell, side in zip(item.cells, measured, strict=True)
        ),
    )


def _pair(first: ComparedArtifact, second: ComparedArtifact) -> PairLink:
    return PairLink(first, second, compare_path(first.artifact.slug, second.artifact.slug))


def _meta(sides: Sequence[ComparedArtifact], headline: str) -> Meta:
    slugs = [side.artifact.slug for side in sides]
    path = compare_path(*slugs)
    title = " vs ".join(side.name for side in sides)
    return Meta(
        title=title,
        description="Features, prices, licences, pictures and scores of all, side by side.",
        path=path,
        crumbs=(Crumb("Leaderboard", reverse("leaderboard")), Crumb(title, path)),
        # Pairs stand for themselves; there are far too many threes and fours.
        is_indexable=False,
        markdown_path=reverse("compare-markdown", args=["-vs-".join(slugs)]),
        image_path=reverse("compare-image", args=["-vs-".join(slugs)]),
        image_alt=headline,
    )

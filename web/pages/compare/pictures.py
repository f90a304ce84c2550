"""Pictures of both sides for the same prompt and seed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from evaluation.selectors import SampleCell, SamplePair, ScoredPair
from web.pages.compare.outcomes import OutcomeLink, outcome_links
from web.pages.compare.sides import ComparedArtifact
from web.pages.pictures import Picture, picture_of

PICTURES_PER_SUITE = 3
SELECTION_RULE = (
    "From every suite that both ran: the prompt on which A gains most, the one on which B gains most, and "
    "the one in the middle. Same prompt, same seed, nothing picked by hand; failures are shown as failures."
)


@dataclass(frozen=True)
class PicturePair:
    """One prompt and seed: A's picture, B's picture and who did better.

    ``place`` is what the rule chose it for; ``previous`` and ``following`` are the anchors of its neighbours.
    """

    prompt: str
    prompt_path: str
    seed: int
    suite: str
    pictures: tuple[Picture, Picture]
    outcome: str
    letter: str
    anchor: str = ""
    stratum: str = ""
    place: str = ""
    previous: str = ""
    following: str = ""

    @property
    def can_overlay(self) -> bool:
        """Return whether there are two pictures of one shape, so that one can lie over the other."""
        one, other = self.pictures
        return bool(one.url and other.url) and one.width * other.height == other.width * one.height


@dataclass(frozen=True)
class PictureSection:
    """The pairs and their rule, or the reason why there are none."""

    pairs: tuple[PicturePair, ...]
    rule: str
    missing: str
    all_path: str = ""
    n_all: int = 0
    outcomes: tuple[OutcomeLink, ...] = ()

    @property
    def has_marks(self) -> bool:
        """Return whether a reader's findings can be drawn over any of the pictures."""
        return any(picture.marks for pair in self.pairs for picture in pair.pictures)


def picture_section(
    first: ComparedArtifact,
    second: ComparedArtifact,
    shown: Sequence[SamplePair],
    *,
    scored: Sequence[ScoredPair],
) -> PictureSection:
    """Return the pairs of a comparison that its rule shows, and where all the ``scored`` ones are."""
    suite_names = {pair.suite_slug: pair.suite_name for pair in scored}
    path = reverse("compare-pictures", args=[f"{first.artifact.slug}-vs-{second.artifact.slug}"])
    return PictureSection(
        pairs=chained(
            [
                replace(picture_pair(pair, first, second, suite_names), place=_place(pair, scored))
                for pair in shown
            ]
        ),
        rule=SELECTION_RULE,
        missing="" if shown else _what_is_missing(first, second),
        all_path=path,
        n_all=len(scored),
        outcomes=outcome_links(scored, (first.name, second.name), path),
    )


def chained(pairs: Sequence[PicturePair]) -> tuple[PicturePair, ...]:
    """Return the pairs with the anchors of those before and behind, so that a key leads from one to the next."""
    anchors = ["", *(pair.anchor for pair in pairs), ""]
    return tuple(
        replace(pair, previous=before, following=behind)
        for pair, before, behind in zip(pairs, anchors, anchors[2:], strict=False)
    )


def _place(pair: SamplePair, scored: Sequence[ScoredPair]) -> str:
    """Return what the rule chose a pair for."""
    known = [
        each.difference
        for each in scored
        if each.suite_slug == pair.suite_slug and each.difference is not None
    ]
    if pair.difference and pair.difference == max(known) > 0:
        return "Most for A"
    if pair.difference and pair.difference == min(known) < 0:
        return "Most for B"
    return "In the middle"


def _what_is_missing(first: ComparedArtifact, second: ComparedArtifact) -> str:
    missing = [side.name for side in (first, second) if not side.scores]
    if not missing:
        return "Both were measured, but not on the same prompts and seeds, so there is no pair to show."
    names = " and ".join(missing)
    have = "have" if len(missing) > 1 else "has"
    return f"{names} {have} not been run on our suites yet. Pictures appear here once both have been."


def picture_pair(
    pair: SamplePair, first: ComparedArtifact, second: ComparedArtifact, suite_names: dict[str, str]
) -> PicturePair:
    """Return one prompt and seed with both pictures."""
    outcome, letter = _outcome(pair, first, second)
    return PicturePair(
        prompt=pair.prompt_text,
        prompt_path=reverse("prompt-gallery", args=[pair.suite_slug, pair.prompt_key]),
        seed=pair.seed,
        suite=suite_names.get(pair.suite_slug, pair.suite_slug),
        pictures=(_picture(pair, pair.first, first), _picture(pair, pair.second, second)),
        outcome=outcome,
        letter=letter,
        anchor=f"pair-{pair.suite_slug}-{pair.prompt_key}-{pair.k}",
        stratum=pair.stratum.replace("-", " "),
    )


def _picture(pair: SamplePair, cell: SampleCell, side: ComparedArtifact) -> Picture:
    return picture_of(cell, maker=side.name, prompt=pair.prompt_text, letter=side.letter)


def _outcome(pair: SamplePair, first: ComparedArtifact, second: ComparedArtifact) -> tuple[str, str]:
    if pair.difference is None:
        return "Not comparable: one of them is unscored", ""
    if pair.difference == 0:
        return "Same score", ""
    ahead = first if pair.difference > 0 else second
    return f"{ahead.name} scores {abs(pair.difference) * 100:.0f} points more", ahead.letter

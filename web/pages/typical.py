"""What the measured models draw for a suite: of each kind of prompt one, chosen by a rule that is printed."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from evaluation.selectors import SuiteOverview, TypicalPrompt, suites_with_pictures, typical_prompts
from evaluation.selectors.typical import ARTIFACTS_SHOWN
from web.pages.folding import Folded, folded
from web.pages.pictures import Picture, picture_of

STRATA_SHOWN = 6
RULE = (
    "Of each kind the prompt whose mean over the models shown is in the middle, with its first seed, the same for "
    "all; nothing picked by hand, failures shown as failures."
)
SPREAD_RULE = "The models stand evenly from the highest score to the lowest."


@dataclass(frozen=True)
class DrawnBy:
    """A picture and the page of the artifact that made it."""

    path: str
    picture: Picture


@dataclass(frozen=True)
class TypicalPictures:
    """A stratum's prompt in the middle, and what each model made of it; ``missing`` have not run it."""

    stratum: str
    prompt: str
    prompt_path: str
    seed: int
    drawn: tuple[DrawnBy, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class SuitePictures:
    """Pictures of each stratum and their rule; where there are none, suites of which there are some."""

    strata: Folded[TypicalPictures]
    rule: str
    elsewhere: tuple[tuple[str, str], ...]

    @property
    def has_marks(self) -> bool:
        """Return whether a reader's findings can be drawn over any of the pictures."""
        return any(picture.marks for picture in self.pictures())

    def pictures(self) -> Iterator[Picture]:
        """Return all pictures in the order of the page."""
        return (each.picture for item in self.strata for each in item.drawn)


def suite_pictures(suite: SuiteOverview) -> SuitePictures:
    """Return a suite's typical pictures. Two queries, one where it was never run."""
    found = [_pictures(suite.slug, typical) for typical in typical_prompts(suite.scores)]
    is_spread = len(suite.scores) > ARTIFACTS_SHOWN
    return SuitePictures(
        strata=folded(found, at=STRATA_SHOWN),
        rule=f"{RULE} {SPREAD_RULE}" if is_spread else RULE,
        elsewhere=()
        if found
        else tuple((name, reverse("suite", args=[slug])) for slug, name in suites_with_pictures()),
    )


def stratum_name(code: str) -> str:
    """Return a stratum's code as a heading.

    >>> stratum_name("two-objects")
    'Two objects'
    """
    words = code.replace("-", " ")
    return words[:1].upper() + words[1:]


def _pictures(suite_slug: str, typical: TypicalPrompt) -> TypicalPictures:
    prompt = typical.prompt
    return TypicalPictures(
        stratum=stratum_name(prompt.stratum),
        prompt=prompt.text,
        prompt_path=reverse("prompt-gallery", args=[suite_slug, prompt.key]),
        seed=typical.drawn[0][1].seed,
        drawn=tuple(
            DrawnBy(
                reverse("artifact", args=[row.artifact_slug]),
                picture_of(cell, maker=row.artifact_name, prompt=prompt.text),
            )
            for row, cell in typical.drawn
        ),
        missing=typical.missing,
    )

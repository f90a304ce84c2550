"""The home page's proof: one prompt and seed, drawn by the two artifacts with the most pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from catalog.models import Artifact
from evaluation.models import Run, Sample, Suite
from evaluation.selectors import SamplePair, sample_pairs
from web.pages.cards import compare_path
from web.pages.pictures import Picture, picture_of

PAIRS = 2
ORDER = (Suite.Measures.ADHERENCE, Suite.Measures.TEXT, Suite.Measures.SHOWCASE, Suite.Measures.ANATOMY)
RULE = (
    "One pair of each suite: where the first gains most, or the second where it never does. Suites about what is "
    "drawn come before lettering and anatomy."
)


@dataclass(frozen=True)
class ShowcasePair:
    """One prompt and seed, and what both made of it."""

    prompt: str
    seed: int
    pictures: tuple[Picture, Picture]


@dataclass(frozen=True)
class Showcase:
    """A few pairs of one comparison, chosen by the comparison's own rule."""

    title: str
    path: str
    rule: str
    pairs: tuple[ShowcasePair, ...]


def showcase() -> Showcase | None:
    """Return pairs of the two most pictured artifacts; None until two were measured on the same suites."""
    ok = Count("recipes__runs__samples", filter=Q(recipes__runs__samples__status=Sample.Status.OK))
    finished = Artifact.objects.filter(recipes__runs__state=Run.State.FINISHED)
    most = finished.annotate(n=ok).order_by("is_demonstration", "-n", "slug").distinct()[:2]
    if len(most) < 2:
        return None
    first, second = sorted(most, key=lambda artifact: artifact.slug)
    pairs = _ordered(sample_pairs(first.pk, second.pk, per_suite=1))[:PAIRS]
    if not pairs:
        return None
    return Showcase(
        title=f"{first.name} vs {second.name}",
        path=compare_path(first.slug, second.slug),
        rule=RULE,
        pairs=tuple(_pair(pair, first, second) for pair in pairs),
    )


def _ordered(pairs: Sequence[SamplePair]) -> list[SamplePair]:
    """Return pairs in the order of what their suites measure; within one their own order. One query."""
    measures = dict(Suite.objects.current().values_list("slug", "measures"))
    return sorted(pairs, key=lambda pair: ORDER.index(Suite.Measures(measures[pair.suite_slug])))


def _pair(pair: SamplePair, first: Artifact, second: Artifact) -> ShowcasePair:
    return ShowcasePair(
        pair.prompt_text,
        pair.seed,
        (
            picture_of(pair.first, maker=first.name, prompt=pair.prompt_text, letter="a"),
            picture_of(pair.second, maker=second.name, prompt=pair.prompt_text, letter="b"),
        ),
    )

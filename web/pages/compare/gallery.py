"""The page object of ``/compare/<a>-vs-<b>/pictures/``: every prompt and seed that both ran."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page
from django.urls import reverse

from evaluation.selectors import ScoredPair, pair_samples, scored_pairs
from web.pages.cards import compare_path
from web.pages.compare.outcomes import TESTS, Outcome, outcome_words
from web.pages.compare.pictures import PicturePair, chained, picture_pair
from web.pages.compare.rows import compared_artifacts
from web.pages.compare.sides import NO_ROWS, ComparedArtifact, compared
from web.pages.meta import Crumb, Meta
from web.pages.paging import page_of

PER_PAGE = 24


@dataclass(frozen=True)
class Choice:
    """One value of a filter and how many pairs it would leave, given the other filters."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """A filter of the form: its parameter, its name and its values."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class CompareGalleryPage:
    """All pairs that the filters leave; ``n_all`` is how many there are without."""

    meta: Meta
    first: ComparedArtifact
    second: ComparedArtifact
    pairs: tuple[PicturePair, ...]
    filters: tuple[Filter, ...]
    page: Page[ScoredPair]
    problems: tuple[str, ...]
    query: str
    n_all: int
    compare_path: str

    @property
    def has_marks(self) -> bool:
        """Return whether a reader's findings can be drawn over any of the pictures."""
        return any(picture.marks for pair in self.pairs for picture in pair.pictures)


def compare_gallery_page(
    first_slug: str, second_slug: str, wanted: Mapping[str, str]
) -> CompareGalleryPage | None:
    """Return one page of all pairs; None if either artifact is unknown. Three queries.

    Args:
        first_slug: the smaller slug.
        second_slug: the other one.
        wanted: ``suite``, ``stratum``, ``outcome`` and ``page``; unknown values filter nothing and are said.
    """
    artifacts = compared_artifacts([first_slug, second_slug])
    if len(artifacts) < 2:
        return None
    first, second = (
        compared(artifacts[slug], NO_ROWS, letter=letter)
        for slug, letter in ((first_slug, "a"), (second_slug, "b"))
    )
    scored = scored_pairs(first.artifact.pk, second.artifact.pk)
    filters = _filters(scored, wanted, (first.name, second.name))
    chosen = {item.name: choice.value for item in filters for choice in item.choices if choice.is_chosen}
    chosen = {name: value for name, value in chosen.items() if value}
    page, no_such = page_of(_filtered(scored, chosen), wanted.get("page", ""), per_page=PER_PAGE)
    names = {pair.suite_slug: pair.suite_name for pair in scored}
    return CompareGalleryPage(
        meta=_meta(first, second),
        first=first,
        second=second,
        pairs=chained([picture_pair(pair, first, second, names) for pair in pair_samples(list(page))]),
        filters=filters,
        page=page,
        problems=(*_problems(filters, wanted), *no_such),
        query=urlencode(chosen),
        n_all=len(scored),
        compare_path=compare_path(first_slug, second_slug),
    )


def _filtered(pairs: Sequence[ScoredPair], chosen: Mapping[str, str]) -> list[ScoredPair]:
    suite, stratum, outcome = (chosen.get(name, "") for name in ("suite", "stratum", "outcome"))
    return [
        pair
        for pair in pairs
        if (not suite or pair.suite_slug == suite)
        and (not stratum or pair.stratum == stratum)
        and (not outcome or TESTS[Outcome(outcome)](pair))
    ]


def _filters(
    pairs: Sequence[ScoredPair], wanted: Mapping[str, str], names: tuple[str, str]
) -> tuple[Filter, ...]:
    """Return the three filters; a value that no pair has is no choice."""
    suites = {pair.suite_slug: pair.suite_name for pair in pairs}
    in_suite = _filtered(pairs, {"suite": wanted.get("suite", "")}) or pairs
    strata = {pair.stratum: pair.stratum.replace("-", " ").capitalize() for pair in in_suite}
    outcomes = {str(item): outcome_words(item, names) for item in Outcome if any(map(TESTS[item], pairs))}
    known = {"suite": suites, "stratum": strata, "outcome": outcomes}
    asked = {name: wanted.get(name, "") for name in known if wanted.get(name, "") in known[name]}
    labels = {"suite": "Suite", "stratum": "Kind of prompt", "outcome": "Outcome"}
    return tuple(
        Filter(name, labels[name], tuple(_choices(pairs, name, values, asked)))
        for name, values in known.items()
    )


def _problems(filters: Sequence[Filter], wanted: Mapping[str, str]) -> Iterable[str]:
    """Say which values asked for are no choice."""
    for item in filters:
        known = [choice.value for choice in item.choices]
        if (value := wanted.get(item.name, "")) not in known:
            yield f"“{value[:40]}” is not one of {', '.join(filter(None, known)) or 'any'} for {item.name}"


def _choices(
    pairs: Sequence[ScoredPair], name: str, values: Mapping[str, str], asked: Mapping[str, str]
) -> list[Choice]:
    others = {key: value for key, value in asked.items() if key != name}
    return [
        Choice(value, label, len(_filtered(pairs, others | {name: value})), asked.get(name, "") == value)
        for value, label in {"": "All", **values}.items()
    ]


def _meta(first: ComparedArtifact, second: ComparedArtifact) -> Meta:
    pair = f"{first.artifact.slug}-vs-{second.artifact.slug}"
    path = reverse("compare-pictures", args=[pair])
    title = f"{first.name} vs {second.name}"
    return Meta(
        title=f"{title}: every picture",
        description=f"All prompts and seeds that {first.name} and {second.name} both ran, failures included.",
        path=path,
        crumbs=(
            Crumb(title, compare_path(first.artifact.slug, second.artifact.slug)),
            Crumb("Pictures", path),
        ),
        is_indexable=False,
    )

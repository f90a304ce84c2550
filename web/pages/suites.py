"""The page objects of ``/suites/``, ``/suites/<suite>/`` and ``/suites/<suite>/<prompt>/``."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from evaluation.differences import Position
from evaluation.selectors import (
    ArtifactScore,
    ContaminationGap,
    GalleryRow,
    PromptView,
    RotatingSplit,
    SuiteOverview,
    contamination_gaps,
    rotating_splits,
    suite_overview,
)
from evaluation.selectors import prompt_gallery as gallery_of
from web.pages.contamination import GapLine, gap_line
from web.pages.linked_data import image_objects, suite_dataset, suite_observations
from web.pages.meta import Crumb, Meta, shortened
from web.pages.methodology import SuiteSummary, suite_summaries
from web.pages.pictures import Picture, picture_of
from web.pages.scores import OwnScore, own_score


@dataclass(frozen=True)
class SuitesPage:
    """All suites in use."""

    meta: Meta
    suites: tuple[SuiteSummary, ...]


@dataclass(frozen=True)
class SuiteScoreRow:
    """One artifact's score on the suite."""

    name: str
    path: str
    is_demonstration: bool
    own: OwnScore
    place: str
    gaps: tuple[GapLine, ...] = ()


@dataclass(frozen=True)
class Stratum:
    """Prompts of one kind of difficulty."""

    name: str
    prompts: tuple[PromptView, ...]


@dataclass(frozen=True)
class SuitePage:
    """One suite: who scores what, and every prompt."""

    meta: Meta
    suite: SuiteOverview
    scores: tuple[SuiteScoreRow, ...]
    strata: tuple[Stratum, ...]
    n_prompts: int
    splits: tuple[RotatingSplit, ...]


@dataclass(frozen=True)
class MakerRow:
    """What one artifact made of a prompt, by seed."""

    name: str
    path: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class PromptGalleryPage:
    """One prompt, every model, the same seeds."""

    meta: Meta
    suite_name: str
    suite_path: str
    prompt: PromptView
    asked_for: tuple[tuple[str, str], ...]
    rows: tuple[MakerRow, ...]

    @property
    def has_marks(self) -> bool:
        """Return whether a reader's findings can be drawn over any of the pictures."""
        return any(picture.marks for row in self.rows for picture in row.pictures)


def suites_page() -> SuitesPage:
    """Return the list of suites."""
    path = reverse("suites")
    meta = Meta(
        title="Suites: what we measure",
        description="Every prompt suite that pictures are made for, with its scorer and its prompts.",
        path=path,
        crumbs=(Crumb("Suites", path),),
    )
    return SuitesPage(meta, suite_summaries())


def suite_page(slug: str) -> SuitePage | None:
    """Return one suite; None if there is none of that slug."""
    suite = suite_overview(slug)
    if suite is None:
        return None
    path = reverse("suite", args=[slug])
    gaps = contamination_gaps([row.artifact_id for row in suite.scores])
    return SuitePage(
        meta=Meta(
            title=f"{suite.name}: scores and prompts",
            description=shortened(suite.description),
            path=path,
            crumbs=(Crumb("Suites", reverse("suites")), Crumb(suite.name, path)),
            linked_data=(suite_dataset(suite, path), *suite_observations(suite)),
            markdown_path=reverse("suite-markdown", args=[slug]),
        ),
        suite=suite,
        scores=tuple(_score_row(row, gaps.get(row.artifact_id, ()), slug) for row in suite.scores),
        strata=_strata(suite.prompts),
        n_prompts=sum(n for _, n in suite.strata),
        splits=rotating_splits(slug),
    )


def _score_row(row: ArtifactScore, gaps: Iterable[ContaminationGap], slug: str) -> SuiteScoreRow:
    path = reverse("artifact", args=[row.artifact_slug])
    mine = tuple(gap_line(gap) for gap in gaps if gap.suite_slug == slug)
    place = _place_words(row.place)
    return SuiteScoreRow(row.artifact_name, path, row.is_demonstration, own_score(row.score), place, mine)


def _place_words(place: Position | None) -> str:
    """Return the places that a model takes in 95 % of resamples.

    >>> _place_words(Position(2, 1, 3))
    'place 1 to 3'
    """
    if place is None:
        return ""
    return f"place {place.low}" if place.low == place.high else f"place {place.low} to {place.high}"


def _strata(prompts: tuple[PromptView, ...]) -> tuple[Stratum, ...]:
    """Return the prompts by stratum, strata in the order of the suite."""
    by_stratum: dict[str, list[PromptView]] = {}
    for prompt in prompts:
        by_stratum.setdefault(prompt.stratum, []).append(prompt)
    return tuple(
        Stratum(name.replace("-", " ").capitalize(), tuple(group)) for name, group in by_stratum.items()
    )


def prompt_gallery_page(slug: str, key: str) -> PromptGalleryPage | None:
    """Return what every artifact made of one prompt; None if there is no such prompt."""
    gallery = gallery_of(slug, key)
    if gallery is None:
        return None
    path = reverse("prompt-gallery", args=[slug, key])
    suite_path = reverse("suite", args=[slug])
    prompt = gallery.prompt
    rows = tuple(_maker_row(row, prompt.text) for row in gallery.rows)
    return PromptGalleryPage(
        meta=Meta(
            title=shortened(f"“{prompt.text}”: every model, same seed", length=70),
            description=shortened(
                f"What each model made of “{prompt.text}” with the same seeds, and how it scored."
            ),
            path=path,
            crumbs=(
                Crumb("Suites", reverse("suites")),
                Crumb(gallery.suite_name, suite_path),
                Crumb(prompt.key, path),
            ),
            linked_data=image_objects(picture for row in rows for picture in row.pictures),
            is_indexable=bool(rows),
            markdown_path=reverse("prompt-gallery-markdown", args=[slug, key]),
        ),
        suite_name=gallery.suite_name,
        suite_path=suite_path,
        prompt=prompt,
        asked_for=asked_for(gallery.spec),
        rows=rows,
    )


def asked_for(spec: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """Return a prompt's checklist as words; empty parts are left out.

    >>> asked_for({"texts": ["CAT"], "absent": []})
    (('texts', 'CAT'),)
    """
    questions = spec.get("questions")
    if isinstance(questions, list):
        return tuple((question["skill"], question["words"]) for question in questions)
    return tuple((name.replace("_", " "), _words(value)) for name, value in spec.items() if value)


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_words(part)}" for name, part in value.items() if part)
    if isinstance(value, list):
        return "; ".join(_words(part) for part in value)
    return str(value)


def _maker_row(row: GalleryRow, prompt: str) -> MakerRow:
    pictures = tuple(picture_of(cell, maker=row.artifact_name, prompt=prompt) for cell in row.cells)
    return MakerRow(row.artifact_name, reverse("artifact", args=[row.artifact_slug]), pictures)

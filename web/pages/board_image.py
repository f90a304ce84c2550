"""The picture that a shared link to a leaderboard, a shelf or a suite shows: the best four of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.conf import settings

from catalog.models import Artifact, Category
from catalog.models.artifact import ArtifactQuerySet
from catalog.vocabulary import Kind
from evaluation.selectors import SuiteOverview, suite_overview
from web.formatting import kind_label
from web.pages.cards import ArtifactCard, artifact_card
from web.pages.scores import own_score
from web.pages.social import ImageRow, card_row, drawn, rank_caption

SHOWN = 4


@dataclass(frozen=True)
class BoardImage:
    """What the picture says; ``empty`` where it has no row."""

    title: str
    caption: str
    rows: tuple[ImageRow, ...]
    empty: str

    @property
    def alt(self) -> str:
        """Return the same in words."""
        values = (f"{row.name} {row.text}" for row in self.rows)
        return f"{self.title}, {self.caption}: {', '.join(values) or self.empty}"

    def png(self) -> bytes:
        """Return the picture."""
        return drawn(self.rows, caption=self.caption, title=self.title, foot="" if self.rows else self.empty)


def ranked_image(title: str, cards: Iterable[ArtifactCard]) -> BoardImage:
    """Return the picture of ranked artifacts, best first."""
    caption = rank_caption(site=settings.SITE_NAME, rank=settings.RANK_NAME)
    rows = tuple(card_row(card) for card in islice(cards, SHOWN))
    return BoardImage(title, caption, rows, "Nothing is ranked here yet")


def suite_image(suite: SuiteOverview) -> BoardImage:
    """Return the picture of a suite's scores, best first."""
    caption = f"{settings.SITE_NAME}: {suite.headline_label} out of 100, with 95 % intervals"
    n_prompts = sum(n for _, n in suite.strata)
    rows = []
    for score in suite.scores[:SHOWN]:
        own = own_score(score.score)
        rows.append(ImageRow(score.artifact_name, own.bar, own.text))
    is_rotating = suite.is_secret or suite.retired_at
    why = "of a rotating split" if is_rotating else "and no model run on them yet"
    return BoardImage(suite.name, caption, tuple(rows), f"{n_prompts} prompts {why}")


def board_title(kind: Kind) -> str:
    """Return what the leaderboard of a kind is called.

    >>> board_title(Kind.MODEL)
    'Model leaderboard'
    """
    return f"{kind_label(kind)} leaderboard"


def image_of_kind(kind: str) -> BoardImage:
    """Return the picture of a kind's leaderboard; of models where the kind is not known. One query."""
    chosen = Kind(kind) if kind in set(Kind) else Kind.MODEL
    return _of(board_title(chosen), Artifact.objects.real().filter(kind=chosen))


def image_of_category(slug: str) -> BoardImage | None:
    """Return the picture of a shelf; None if there is none of that slug. Two queries."""
    category = Category.objects.filter(slug=slug).first()
    return _of(category.name, Artifact.objects.real().filter(categories=category)) if category else None


def image_of_suite(slug: str) -> BoardImage | None:
    """Return the picture of a suite; None if there is none of that slug. Five queries."""
    suite = suite_overview(slug)
    return suite_image(suite) if suite else None


def _of(title: str, artifacts: ArtifactQuerySet) -> BoardImage:
    best = artifacts.ranked().select_related("publisher")[:SHOWN]
    return ranked_image(title, [artifact_card(artifact) for artifact in best])

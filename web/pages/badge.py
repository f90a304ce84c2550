"""The object that a badge is drawn from, as a picture and as JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from catalog.models import Artifact, Claim
from evaluation.selectors import headline_scores
from ranking.selectors import rank_entries
from web.badges.widths import text_width

PADDING_PX = 7.0
LONGEST = 60


class Tone(StrEnum):
    """What the colour of the value says."""

    GOOD = "good"
    PLAIN = "plain"
    MISSING = "missing"


@dataclass(frozen=True)
class Badge:
    """A label, its value and the page that backs it; ``words`` say all of it to who does not see it."""

    label: str
    value: str
    tone: Tone
    path: str

    @property
    def words(self) -> str:
        """Return the badge in words."""
        return f"{self.label}: {self.value}"

    @property
    def label_text(self) -> "BadgeText":
        """Return where the label stands."""
        return _text(self.label, left=0.0)

    @property
    def value_text(self) -> "BadgeText":
        """Return where the value stands: behind the label."""
        return _text(self.value, left=self.label_text.box)

    @property
    def width(self) -> float:
        """Return the width of the whole badge in pixels."""
        return round(self.label_text.box + self.value_text.box, 2)


@dataclass(frozen=True)
class BadgeText:
    """One text in its box: pixels from the left of the badge, width of the text and of its box."""

    left: float
    x: float
    length: float
    box: float


def _text(text: str, *, left: float) -> BadgeText:
    length = text_width(text)
    return BadgeText(left, round(left + PADDING_PX, 2), length, round(length + 2 * PADDING_PX, 2))


def badge(slug: str, *, show: str) -> Badge | None:
    """Return an artifact's badge for "rank", "verified" or a suite's slug; None without such an artifact."""
    artifact = Artifact.objects.filter(slug=slug).first()
    if artifact is None:
        return None
    makers: dict[str, Callable[[Artifact], Badge]] = {"rank": _rank, "verified": _verified}
    if show in makers:
        return makers[show](artifact)
    return _suite(artifact, show)


def unknown_badge() -> Badge:
    """Return what stands where an artifact is not in the catalogue."""
    return Badge(settings.SITE_NAME, "not in the catalogue", Tone.MISSING, reverse("home"))


def _rank(artifact: Artifact) -> Badge:
    entry = rank_entries([artifact.pk]).get(artifact.pk)
    path = artifact.get_absolute_url()
    if entry is None:
        return Badge(settings.RANK_NAME, "not ranked yet", Tone.MISSING, path)
    value = f"{entry.score:.1f} ({entry.low:.0f}\N{EN DASH}{entry.high:.0f})"
    return Badge(settings.RANK_NAME, value, Tone.PLAIN, path)


def _verified(artifact: Artifact) -> Badge:
    valid = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    is_verified = artifact.claims.filter(valid, state=Claim.State.VERIFIED).exists()
    value, tone = ("verified builder", Tone.GOOD) if is_verified else ("not verified", Tone.MISSING)
    return Badge(settings.SITE_NAME, value, tone, artifact.get_absolute_url())


def _suite(artifact: Artifact, suite: str) -> Badge:
    scores = headline_scores([artifact.pk]).get(artifact.pk, [])
    found = next((score for score in scores if score.suite_slug == suite), None)
    path = artifact.get_absolute_url()
    if found is None or found.mean is None or found.ci_low is None or found.ci_high is None:
        return Badge(suite[:LONGEST], "not measured", Tone.MISSING, path)
    mean, low, high = (f"{share * 100:.0f}" for share in (found.mean, found.ci_low, found.ci_high))
    value = f"{mean} ({low}\N{EN DASH}{high})"
    return Badge(found.suite_name, value, Tone.PLAIN, reverse("run", args=[found.run_id]))

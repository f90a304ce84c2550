"""The page object of ``/methodology/``: drawn from what the computations themselves read."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count
from django.urls import reverse

from evaluation.models import Prompt, ScorerReport, Suite
from evaluation.scorers.registry import METRICS
from evaluation.selectors.reports import ScorerStanding, scorer_standings, unmeasured_scorers
from ranking.compute.formula import Formula, Profile, SignalRule, parse_formula, read_definition
from ranking.compute.weights import ComponentWeight as EffectiveWeight
from ranking.models import RankEntry
from ranking.selectors import SnapshotView, current_snapshot
from web.formatting import correlation_words, kind_label
from web.pages.meta import Crumb, Meta
from web.pages.published_order import PublishedOrder, published_order
from web.pages.worked import WorkedExamples, worked_examples


@dataclass(frozen=True)
class ComponentWeight:
    """What one component is worth in a profile, what it decides, and the signals that it is made of.

    ``measured`` is how much it decides in the published snapshot, None where nothing is ranked.
    """

    label: str
    declared: float
    points: float
    signals: tuple[SignalRule, ...]
    measured: EffectiveWeight | None

    @property
    def aim(self) -> str:
        """Return what it should decide among the components that can act."""
        return f"{self.measured.aim * 100:.0f} %" if self.measured else ""

    @property
    def effect(self) -> str:
        """Return how much it decides, or why it decides nothing."""
        if self.measured is None:
            return "nothing ranked"
        if not self.measured.aim:
            return "nothing yet: equal for all"
        return f"{self.measured.effective * 100:.0f} %"


@dataclass(frozen=True)
class ProfileWeights:
    """The weights for some kinds of artifact; they sum to 100."""

    name: str
    n_artifacts: int
    kinds: tuple[str, ...]
    components: tuple[ComponentWeight, ...]
    half_life_days: int
    grace_days: int


@dataclass(frozen=True)
class SuiteSummary:
    """A suite in use."""

    suite: Suite
    path: str
    metric: str
    n_prompts: int


@dataclass(frozen=True)
class MethodologyPage:
    """Formula, suites and the measured errors of the scorers."""

    meta: Meta
    formula: Formula
    profiles: tuple[ProfileWeights, ...]
    suites: tuple[SuiteSummary, ...]
    scorers: tuple[ScorerStanding, ...]
    unmeasured_scorers: tuple[str, ...]
    snapshot: SnapshotView | None
    n_demonstrations: int
    order: PublishedOrder | None
    worked: WorkedExamples

    @property
    def reports(self) -> tuple[ScorerReport, ...]:
        """Return every measurement of the versions measured last."""
        return tuple(report for standing in self.scorers for report in standing.reports)

    @property
    def missing_of_100(self) -> str:
        """Return what an unknown signal counts as, out of 100."""
        return f"{self.formula.missing_value * 100:.0f}"

    @property
    def agreement(self) -> str:
        """Return how far our order and the arena's agree, in words."""
        found = self.order.correlation if self.order else None
        return correlation_words(found) if found else ""

    @property
    def confidence(self) -> str:
        """Return the level of the rank's intervals."""
        return f"{self.formula.confidence_level * 100:.0f} %"


def methodology_page() -> MethodologyPage:
    """Return the page from the published formula; before the first snapshot, from the current one."""
    snapshot = current_snapshot()
    formula = parse_formula(snapshot.formula if snapshot else read_definition())
    path = reverse("methodology")
    standings = scorer_standings()
    return MethodologyPage(
        meta=Meta(
            title="How every number is made",
            description=f"Weights of {settings.RANK_NAME}, suites, scorers with their measured errors, intervals.",
            path=path,
            crumbs=(Crumb("Methodology", path),),
        ),
        formula=formula,
        profiles=tuple(_profile(profile, formula, snapshot) for profile in formula.profiles),
        suites=suite_summaries(),
        scorers=tuple(standings),
        unmeasured_scorers=tuple(unmeasured_scorers(standings)),
        snapshot=snapshot,
        n_demonstrations=RankEntry.objects.current().filter(is_demonstration=True).count(),
        order=published_order(),
        worked=worked_examples(),
    )


def suite_summaries() -> tuple[SuiteSummary, ...]:
    """Return the public suites in use with the number of their prompts, standard ones first. Two queries."""
    in_use = Suite.objects.current().public().order_by("-tier", "slug")
    suites = {suite.pk: suite for suite in in_use}
    counts = dict(Prompt.objects.filter(suite__in=suites).values_list("suite").annotate(n=Count("pk")))
    return tuple(
        SuiteSummary(
            suite=suite,
            path=reverse("suite", args=[suite.slug]),
            metric=METRICS[suite.headline_metric].label,
            n_prompts=counts.get(pk, 0),
        )
        for pk, suite in suites.items()
    )


def _profile(profile: Profile, formula: Formula, snapshot: SnapshotView | None) -> ProfileWeights:
    found = snapshot.weights.get(profile.name) if snapshot else None
    measured = {weight.name: weight for weight in found.components} if found else {}
    parts = []
    for name, label in formula.components.items():
        signals = tuple(rule for rule in profile.signals if rule.component == name)
        if signals:
            points = sum(rule.points for rule in signals)
            declared = profile.declared[name]
            parts.append(ComponentWeight(label, declared, points, signals, measured.get(name)))
    parts.sort(key=lambda part: (-part.declared, part.label))
    return ProfileWeights(
        name=profile.name,
        n_artifacts=found.n_artifacts if found else 0,
        kinds=tuple(kind_label(kind) for kind in profile.kinds),
        components=tuple(parts),
        half_life_days=profile.half_life_days,
        grace_days=profile.grace_days,
    )

"""Intervals cover what they promise, and effective weights are what they say."""

import math
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from catalog.services.load import load_catalogue
from ranking.compute.__main__ import main
from ranking.compute.formula import Profile, SignalRule
from ranking.compute.records import ArtifactInputs, RankResult, SignalInput
from ranking.compute.score import reference_share, score_artifact
from ranking.compute.verify import read_export
from ranking.compute.weights import effective_weights
from ranking.services.publish import compute_rank
from tests.builders import TODAY
from tests.ranking.test_score import FORMULA

MODEL = FORMULA.profile_of("model")
N_SIMULATED = 3000
P_MISSING = 0.2


def test_the_intervals_cover_the_generating_truth() -> None:
    """Ninety of a hundred: truths are drawn, observed through each signal's noise, and ranked."""
    random = np.random.default_rng(20261101)
    shares = {profile.name: coverage(profile, random) for profile in FORMULA.profiles}
    assert all(0.87 <= share <= 0.93 for share in shares.values()), shares
    assert 0.88 <= sum(shares.values()) / len(shares) <= 0.92, shares


def coverage(profile: Profile, random: np.random.Generator) -> float:
    covered = 0
    for _ in range(N_SIMULATED):
        draws = [observed(rule, profile, random) for rule in profile.signals]
        truth = sum(rule.weight * share for rule, (share, _) in zip(profile.signals, draws, strict=True))
        signals = tuple(signal for _, signal in draws if signal)
        result = score_artifact(ArtifactInputs("simulated", profile.kinds[0], signals), formula=FORMULA)
        covered += result.low <= truth <= result.high
    return covered / N_SIMULATED


def observed(
    rule: SignalRule, profile: Profile, random: np.random.Generator
) -> tuple[float, SignalInput | None]:
    """Return a true share and what one observation of it looks like; None where it is missing."""
    if random.random() < P_MISSING:
        mean, variance = FORMULA.missing_value, FORMULA.missing_sd**2
        size = mean * (1 - mean) / variance - 1
        return random.beta(mean * size, (1 - mean) * size), None
    if rule.method == "reference":
        return observed_count(rule, random)
    if rule.method == "match":
        share, trials = random.beta(1, 3), int(random.integers(1, 200))
        return share, SignalInput(rule.name, float(random.binomial(trials, share)), trials=trials)
    share, sd = random.uniform(0.1, 0.9), rule.sd or 0.04
    seen = float(np.clip(random.normal(share, sd), 0.001, 0.999))
    if rule.method == "freshness":
        return share, SignalInput(rule.name, profile.grace_days - profile.half_life_days * math.log2(seen))
    return share, SignalInput(rule.name, seen, sd=sd)


def observed_count(rule: SignalRule, random: np.random.Generator) -> tuple[float, SignalInput]:
    reference = FORMULA.references[rule.name]
    logs = [math.log1p(knot) for knot in reference.knots]
    log_count = float(np.interp(random.uniform(0.05, 0.95), FORMULA.levels, logs))
    share = reference_share(math.expm1(log_count), reference=reference, levels=FORMULA.levels)
    noisy = max(0.0, math.expm1(log_count + random.normal(0, reference.log_sd)))
    return share, SignalInput(rule.name, float(random.poisson(noisy)))


def ranked(likes: int, share: float) -> RankResult:
    signals = (SignalInput("likes", likes), SignalInput("documentation_checks", share))
    return score_artifact(ArtifactInputs("any", "model", signals), formula=FORMULA)


def test_effective_weights_are_shares_of_the_variance() -> None:
    results = [ranked(likes, share) for likes, share in ((5, 0.0), (50, 1.0), (700, 0.2), (9000, 0.6))]
    weights = {weight.name: weight for weight in effective_weights(results, profile=MODEL)}
    assert sum(weight.effective for weight in weights.values()) == pytest.approx(1)
    assert sum(weight.declared for weight in weights.values()) == pytest.approx(1)
    assert weights["freshness"].effective == weights["freshness"].known == weights["freshness"].aim == 0
    assert weights["adoption"].known == 1
    # Worked out beside it: covariance with the score over the score's variance.
    scores = np.array([result.score for result in results])
    documentation = np.array([r.components[2].points for r in results])
    expected = np.cov(documentation, scores)[0, 1] / np.var(scores, ddof=1)
    assert weights["documentation"].effective == pytest.approx(expected)


def test_where_nobody_differs_no_component_decides() -> None:
    assert effective_weights([], profile=MODEL) == ()
    assert effective_weights([ranked(5, 0.5), ranked(5, 0.5)], profile=MODEL) == ()
    software = score_artifact(ArtifactInputs("tool", "library", ()), formula=FORMULA)
    with pytest.raises(ValueError, match="one profile"):
        effective_weights([ranked(5, 0.5), software], profile=MODEL)


@pytest.fixture(scope="module")
def export(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The export of the shipped catalogue."""
    folder = tmp_path_factory.mktemp("export")
    with django_db_blocker.unblock(), transaction.atomic():
        load_catalogue([settings.CATALOGUE_DIR])
        compute_rank(as_of=TODAY)
        call_command("export", str(folder))
        transaction.set_rollback(True)
    return folder


def test_on_the_shipped_catalogue_components_decide_what_they_are_declared_to(export: Path) -> None:
    """Within a fifth. Where the catalogue has grown: `python -m ranking.compute fit EXPORT --freeze`."""
    found = read_export(export)
    for profile in found.formula.profiles:
        weights = effective_weights(found.results.get(profile.name, []), profile=profile)
        assert {weight.name for weight in weights if not weight.is_effective} == set(), weights


def test_the_weights_of_the_shipped_catalogue_are_printed(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["weights", str(export)]) == 0
    printed = capsys.readouterr().out
    assert "model (" in printed
    assert "Match graph" in printed
    assert main(["weights", str(tmp_path / "nowhere")]) == 1
    assert "formula.json cannot be read" in capsys.readouterr().err

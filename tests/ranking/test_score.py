"""The score: exact sums, bounds, monotone in what should help, and nobody's score moves another's."""

import json
import math
from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranking.compute.fit import MAX_TENFOLD_POINTS
from ranking.compute.formula import CURRENT_VERSION, Formula, Profile, parse_formula, read_definition
from ranking.compute.positions import positions
from ranking.compute.records import ArtifactInputs, SignalInput, SignalResult
from ranking.compute.score import MAX_SCORE, freshness_share, match_share, reference_share, score_artifact

FORMULA: Formula = parse_formula(read_definition())
RULES = {(profile.name, rule.name): rule for profile in FORMULA.profiles for rule in profile.signals}


@st.composite
def inputs(draw: st.DrawFn) -> ArtifactInputs:
    """Any artifact: any kind, any subset of its signals observed."""
    profile = draw(st.sampled_from(FORMULA.profiles))
    signals = []
    for rule in profile.signals:
        if not draw(st.booleans()):
            continue
        count = draw(st.integers(0, 10**9))
        share = draw(st.floats(0, 1))
        value = share if rule.method == "share" else float(count)
        trials = count + draw(st.integers(0, 1000)) if rule.method == "match" else None
        sd = draw(st.none() | st.floats(0, 0.3)) if rule.method == "share" else None
        doubt = draw(st.none() | st.floats(0.01, 3)) if rule.method == "reference" else None
        is_fresh = rule.method == "freshness"
        grace_days = draw(st.none() | st.integers(30, 365)) if is_fresh else None
        is_archived = draw(st.sampled_from([None, None, True])) if is_fresh else None
        signals.append(
            SignalInput(
                rule.name,
                value,
                sd=sd,
                trials=trials,
                doubt=doubt,
                grace_days=grace_days,
                is_archived=is_archived,
            )
        )
    return ArtifactInputs("some-artifact", draw(st.sampled_from(profile.kinds)), tuple(signals))


@settings(max_examples=1000)
@given(inputs())
def test_components_add_up_exactly_and_stay_in_bounds(artifact: ArtifactInputs) -> None:
    result = score_artifact(artifact, formula=FORMULA)
    signals = [signal for component in result.components for signal in component.signals]
    assert result.score == sum(c.points for c in result.components) == sum(s.points for s in signals)
    assert 0 <= result.low <= result.score <= result.high <= MAX_SCORE
    assert all(0 <= signal.points <= signal.weight for signal in signals)
    assert sum(signal.weight for signal in signals) == MAX_SCORE


@settings(max_examples=1000)
@given(inputs(), st.data())
def test_a_better_signal_never_lowers_the_score(artifact: ArtifactInputs, data: st.DataObject) -> None:
    if not artifact.signals:
        return
    index = data.draw(st.integers(0, len(artifact.signals) - 1))
    signal = artifact.signals[index]
    rule = RULES[(FORMULA.profile_of(artifact.kind).name, signal.name)]
    if rule.method == "share":
        better = replace(signal, value=data.draw(st.floats(signal.value, 1)))
    elif rule.method == "freshness":
        better = replace(signal, value=float(data.draw(st.integers(0, int(signal.value)))))
    elif rule.method == "match":
        better = replace(signal, value=float(data.draw(st.integers(int(signal.value), signal.trials or 0))))
    else:
        better = replace(signal, value=signal.value + data.draw(st.integers(0, 10**9)))
    improved = replace(artifact, signals=(*artifact.signals[:index], better, *artifact.signals[index + 1 :]))
    before = score_artifact(artifact, formula=FORMULA).score
    assert score_artifact(improved, formula=FORMULA).score >= before


@settings(max_examples=1000)
@given(inputs(), st.randoms(use_true_random=False))
def test_the_order_of_signals_does_not_matter(artifact: ArtifactInputs, random: Random) -> None:
    shuffled = list(artifact.signals)
    random.shuffle(shuffled)
    again = replace(artifact, signals=tuple(shuffled))
    assert score_artifact(again, formula=FORMULA) == score_artifact(artifact, formula=FORMULA)


@settings(max_examples=1000)
@given(inputs())
def test_hiding_a_signal_at_or_above_the_missing_value_never_raises_the_score(
    artifact: ArtifactInputs,
) -> None:
    full = score_artifact(artifact, formula=FORMULA)
    shares = {s.name: s.share for c in full.components for s in c.signals}
    for hidden in artifact.signals:
        if shares[hidden.name] >= FORMULA.missing_value:
            rest = tuple(signal for signal in artifact.signals if signal != hidden)
            assert score_artifact(replace(artifact, signals=rest), formula=FORMULA).score <= full.score


@settings(max_examples=1000)
@given(inputs(), st.data())
def test_suspicion_widens_the_interval_and_leaves_the_score(
    artifact: ArtifactInputs, data: st.DataObject
) -> None:
    def doubted(doubt: float) -> ArtifactInputs:
        return replace(artifact, signals=tuple(replace(s, doubt=doubt) for s in artifact.signals))

    less = data.draw(st.floats(0, 3))
    more = data.draw(st.floats(less, 3))
    sure, unsure = (score_artifact(doubted(doubt), formula=FORMULA) for doubt in (less, more))
    assert sure.score == unsure.score
    assert unsure.low <= sure.low
    assert sure.high <= unsure.high


def kept_points(names: Iterable[str], profile: Profile) -> float:
    return sum(rule.points for rule in profile.signals if rule.name in names)


@pytest.mark.parametrize("profile", FORMULA.profiles, ids=lambda profile: profile.name)
def test_what_can_be_bought_moves_little(profile: Profile) -> None:
    """Stars, likes, followers and forks hold 4 points at most in any profile, downloads 12."""
    assert kept_points({"stars", "likes", "followers", "forks"}, profile) <= 4
    assert kept_points({"downloads_30d", "package_downloads_30d"}, profile) <= 12
    with pytest.raises(ValueError, match=r"hold .* points in profile"):
        parse_formula(
            {
                **read_definition(),
                "budgets": [{"signals": [profile.signals[0].name], "points": 0.5, "reason": ""}],
            }
        )


# What 100 dollars bought in 2024 where a thousand cost 64 dollars.
BOUGHT = 1_562


@settings(max_examples=1000)
@given(st.integers(0, 10**7), st.sampled_from(["stars", "likes", "forks"]))
def test_a_hundred_dollars_of_fake_stars_buy_a_point_and_a_half_at_most(start: int, name: str) -> None:
    for profile in FORMULA.profiles:
        if kept_points({name}, profile):
            assert rise(name, profile, start, start + BOUGHT) <= 1.5


@settings(max_examples=1000)
@given(st.integers(0, 10**8), st.sampled_from(sorted(FORMULA.references)))
def test_ten_times_as_many_of_one_count_move_a_score_little(start: int, name: str) -> None:
    for profile in FORMULA.profiles:
        if kept_points({name}, profile):
            assert rise(name, profile, start, 10 * start) <= MAX_TENFOLD_POINTS


def rise(name: str, profile: Profile, start: int, end: int) -> float:
    """Return how many points a count gains from one value to another."""
    before, after = (
        score_artifact(ArtifactInputs("any", profile.kinds[0], (SignalInput(name, value),)), formula=FORMULA)
        for value in (start, end)
    )
    return (after.score - before.score) / 1000


def test_what_its_source_has_closed_is_not_fresh() -> None:
    def freshness(**fields: Any) -> SignalResult:
        signal = SignalInput("last_activity", 0, **fields)
        result = score_artifact(ArtifactInputs("any", "model", (signal,)), formula=FORMULA)
        return next(s for c in result.components for s in c.signals if s.name == "last_activity")

    assert freshness().share == 1
    assert freshness(is_archived=True).share == 0


def test_its_own_rhythm_gives_the_grace() -> None:
    def share(grace_days: int | None) -> float:
        signal = SignalInput("last_activity", 300, grace_days=grace_days)
        result = score_artifact(ArtifactInputs("any", "model", (signal,)), formula=FORMULA)
        return next(s.share for c in result.components for s in c.signals if s.name == "last_activity")

    assert share(30) < share(None) < share(365) == 1


def test_a_count_is_placed_on_the_frozen_reference() -> None:
    reference = FORMULA.references["likes"]

    def share(count: float) -> float:
        return reference_share(count, reference=reference, levels=FORMULA.levels)

    assert share(0) == 0
    assert share(464) == pytest.approx(0.5)
    assert share(15063) == share(10**9) == 1
    # Linear in ln(1 + x) between the knots of 50 % and 75 %, worked out by hand.
    halfway = math.expm1((math.log1p(464) + math.log1p(980)) / 2)
    assert share(halfway) == pytest.approx(0.625)


def test_freshness_halves_after_its_grace() -> None:
    assert freshness_share(100, grace_days=100, half_life_days=50) == 1
    assert freshness_share(200, grace_days=100, half_life_days=50) == pytest.approx(0.25)


def test_match_success_starts_at_its_prior_and_moves_with_evidence() -> None:
    mean, sd = match_share(0, 0)
    assert mean == pytest.approx(0.25)
    later, smaller_sd = match_share(80, 100)
    assert later == pytest.approx(81 / 104)
    assert smaller_sd < sd


def test_equal_scores_share_a_position() -> None:
    assert positions([3, 9, 9, 1]) == [3, 1, 1, 4]


def test_a_formula_whose_points_do_not_sum_to_100_is_refused() -> None:
    definition = read_definition(CURRENT_VERSION)
    definition["points"]["model"]["match_rate"] += 1
    with pytest.raises(ValueError, match="sum to 101"):
        parse_formula(definition)


def test_a_formula_means_the_same_whatever_the_order_of_its_keys() -> None:
    definition = read_definition()
    shuffled = json.loads(json.dumps(definition, sort_keys=True))
    assert parse_formula(shuffled) == FORMULA
    assert list(parse_formula(shuffled).components) == list(FORMULA.components)

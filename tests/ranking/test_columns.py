"""A column at a time gives the same milli-points as one artifact at a time."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ranking.compute.columns import SignalColumn, column_of, score_columns
from ranking.compute.positions import grouped_positions, place_ranges
from ranking.compute.records import ArtifactInputs, SignalInput
from ranking.compute.score import score_artifact
from ranking.compute.verdict import CLEAR, RankSide, probability_higher
from tests.ranking.test_score import FORMULA, inputs


def columns_of(artifacts: list[ArtifactInputs], name: str) -> SignalColumn:
    found: list[SignalInput | None] = [
        next((signal for signal in artifact.signals if signal.name == name), None) for artifact in artifacts
    ]
    return SignalColumn(
        values=column_of([signal.value if signal else None for signal in found]),
        sds=column_of([signal.sd if signal else None for signal in found]),
        trials=column_of([signal.trials if signal else None for signal in found]),
        doubts=column_of([signal.doubt if signal else None for signal in found]),
        grace_days=column_of([signal.grace_days if signal else None for signal in found]),
        is_archived=np.array([bool(signal and signal.is_archived) for signal in found], dtype=bool),
    )


@settings(max_examples=1000)
@given(st.lists(inputs(), min_size=1, max_size=8))
def test_columns_and_artifacts_agree_to_the_milli_point(artifacts: list[ArtifactInputs]) -> None:
    for profile in FORMULA.profiles:
        own = [artifact for artifact in artifacts if artifact.kind in profile.kinds]
        columns = {rule.name: columns_of(own, rule.name) for rule in profile.signals}
        ranks = score_columns(columns, profile=profile, formula=FORMULA, n=len(own))
        for index, artifact in enumerate(own):
            result = score_artifact(artifact, formula=FORMULA)
            bounds = (ranks.score[index], ranks.low[index], ranks.high[index])
            assert bounds == (result.score, result.low, result.high)
            for component in result.components:
                for signal in component.signals:
                    assert ranks.points[signal.name][index] == signal.points


@settings(max_examples=1000)
@given(st.lists(inputs(), min_size=2, max_size=8), inputs(), st.data())
def test_no_artifact_moves_the_score_of_another(
    artifacts: list[ArtifactInputs], other: ArtifactInputs, data: st.DataObject
) -> None:
    """Neither what one of them gains, nor the order, nor who else is ranked; only positions may change."""
    profile = FORMULA.profile_of(artifacts[0].kind)
    own = [replace(artifact, kind=profile.kinds[0]) for artifact in artifacts]
    index = data.draw(st.integers(0, len(own) - 1))
    changed = [*own[:index], replace(other, kind=profile.kinds[0]), *own[index + 1 :]]
    order = data.draw(st.permutations(range(len(own))))

    def scores(of: list[ArtifactInputs]) -> list[int]:
        columns = {rule.name: columns_of(of, rule.name) for rule in profile.signals}
        return [int(s) for s in score_columns(columns, profile=profile, formula=FORMULA, n=len(of)).score]

    before, after = scores(own), scores(changed)
    assert [*before[:index], *before[index + 1 :]] == [*after[:index], *after[index + 1 :]]
    assert scores([own[i] for i in order]) == [before[i] for i in order]


@settings(max_examples=1000)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from("ab")), min_size=1, max_size=12),
    st.lists(st.integers(0, 9), max_size=6),
)
def test_positions_are_not_moved_by_artifacts_of_other_kinds(
    ranked: list[tuple[int, str]], others: list[int]
) -> None:
    groups = [group for _, group in ranked]
    bounds = [(score, score - 2, score + 2) for score, _ in ranked]
    strangers = [(score, score, score) for score in others]
    before = grouped_positions(bounds, groups=groups)
    after = grouped_positions([*bounds, *strangers], groups=[*groups, *["other"] * len(others)])
    assert after[: len(ranked)] == before
    for (score, group), position in zip(ranked, before, strict=True):
        better = sum(s > score and g == group for s, g in ranked)
        assert position.place == better + 1
        assert 1 <= position.best <= position.place <= position.worst <= position.of


@settings(max_examples=1000)
@given(
    st.lists(
        st.tuples(st.integers(0, 100_000), st.integers(0, 30_000), st.integers(0, 30_000)),
        min_size=1,
        max_size=8,
    )
)
def test_a_rival_is_ahead_only_where_a_verdict_would_call_it_clear(drawn: list[tuple[int, int, int]]) -> None:
    ranks = [(score, score - below, score + above) for score, below, above in drawn]
    sides = [RankSide(score / 1000, low / 1000, high / 1000, components=()) for score, low, high in ranks]
    for side, (best, worst) in zip(sides, place_ranges(ranks), strict=True):
        chances = [probability_higher(rival, side) for rival in sides]
        if all(abs(chance - edge) > 1e-9 for chance in chances for edge in (CLEAR, 1 - CLEAR)):
            assert best == 1 + sum(chance > CLEAR for chance in chances)
            assert worst == len(sides) - sum(chance < 1 - CLEAR for chance in chances)


def test_a_signal_that_is_left_out_is_missing_for_all() -> None:
    profile = FORMULA.profiles[0]
    ranks = score_columns({}, profile=profile, formula=FORMULA, n=2)
    empty = score_artifact(ArtifactInputs("empty", profile.kinds[0], ()), formula=FORMULA)
    assert list(ranks.score) == [empty.score] * 2
    assert list(ranks.low) == [empty.low] * 2

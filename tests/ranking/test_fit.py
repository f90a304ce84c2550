"""Points are found under which components decide what is declared, and frozen as a new version."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from ranking.compute.fit import MAX_TENFOLD_POINTS, fitted_points, tenfold_gain
from ranking.compute.formula import FORMULAS, parse_formula, read_definition
from ranking.compute.freeze import freeze
from ranking.compute.records import ArtifactInputs, SignalInput
from ranking.compute.score import reference_share, score_artifact
from ranking.compute.weights import effective_weights
from tests.ranking.test_score import FORMULA

MODEL = FORMULA.profile_of("model")


def artifacts(n: int) -> list[ArtifactInputs]:
    """Make artifacts whose components vary differently and go together in part."""
    random = np.random.default_rng(5)
    made = []
    for index in range(n):
        fame = random.normal()
        values = {
            "downloads_30d": float(int(np.exp(9 + 3 * fame))),
            "hosting_providers": float(random.integers(0, 12)),
            "quality_evidence": float(np.clip(0.4 + 0.05 * fame + 0.1 * random.normal(), 0, 1)),
            "documentation_checks": float(random.choice([0.6, 0.8, 1.0])),
            "tool_publishers": float(random.integers(0, 30)),
            "last_activity": float(random.integers(0, 900)),
        }
        signals = tuple(SignalInput(name, value) for name, value in values.items())
        made.append(ArtifactInputs(f"model-{index}", "model", signals))
    return made


def test_a_fit_makes_components_decide_what_is_declared() -> None:
    made = artifacts(200)
    ranks = [score_artifact(item, formula=FORMULA) for item in made]
    assert not all(weight.is_effective for weight in effective_weights(ranks, profile=MODEL))
    points = fitted_points(MODEL, FORMULA, ranks)
    definition = read_definition()
    definition["points"] = {**definition["points"], "model": points}
    fitted = parse_formula(definition)
    again = effective_weights(
        [score_artifact(item, formula=fitted) for item in made], profile=fitted.profile_of("model")
    )
    for weight in again:
        assert weight.effective == pytest.approx(weight.aim, abs=0.005), weight.name
    match = next(weight for weight in again if weight.name == "match")
    assert (match.aim, match.effective, match.points) == (0, 0, MODEL.declared["match"])
    # A fit of the fit is the fit: what it starts from does not matter.
    assert fitted_points(MODEL, fitted, ranks) == pytest.approx(points, abs=0.02)


def test_too_few_artifacts_leave_the_declared_points() -> None:
    points = fitted_points(MODEL, FORMULA, [])
    assert points["quality_evidence"] == pytest.approx(MODEL.declared["quality"], rel=0.05)
    assert round(sum(points.values()), 3) == 100


def test_no_fit_goes_above_what_a_tenfold_count_may_move() -> None:
    for profile in FORMULA.profiles:
        for rule in profile.signals:
            if rule.method == "reference":
                assert rule.points * tenfold_gain(rule.name, FORMULA) <= MAX_TENFOLD_POINTS


def test_the_largest_tenfold_gain_is_found() -> None:
    reference = FORMULA.references["stars"]

    def share(count: float) -> float:
        return reference_share(count, reference=reference, levels=FORMULA.levels)

    searched = max(share(10 * count) - share(count) for count in np.geomspace(1, 10**6, 20_000))
    assert tenfold_gain("stars", FORMULA) == pytest.approx(searched, abs=1e-3)


def test_a_frozen_fit_is_a_new_version_and_nothing_old_is_touched(tmp_path: Path) -> None:
    for path in FORMULAS.glob("2*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    points = {"model": {"likes": 1.25}}
    path = freeze(
        points, definition=read_definition("2"), fitted_to={"snapshot": "ab", "n_model": 9}, folder=tmp_path
    )
    assert path.name == "3.points.toml"
    assert tomllib.loads(path.read_text()) == {"fit": {"snapshot": "ab", "n_model": 9}, "points": points}
    assert tomllib.loads((tmp_path / "3.toml").read_text())["version"] == "3"
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    with pytest.raises(FileExistsError):
        freeze(points, definition=read_definition("2"), fitted_to={}, folder=tmp_path)

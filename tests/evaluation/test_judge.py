"""The judge: a real model of random weights through transformers, and the scorer with judges that are known."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pytest_django.fixtures import Settings

from evaluation.readers import judge
from evaluation.readers.judge import Judge, JudgeError, TransformersJudge, load_judge, read_answers
from evaluation.readers.pinned import PinnedModel, UnpinnedModelError, model_version
from evaluation.sanity.adherence import check_judged
from evaluation.scorers.adherence import score_judged
from evaluation.scorers.judged import share
from evaluation.suites.spec import PromptSpec
from tests.evaluation.fake_judges import ConstantJudge, SeeingJudge
from tests.evaluation.test_world import MUGS
from tests.evaluation.tiny_models import save_judge

PICTURE = Image.new("RGB", (50, 40), "red")
ASKS = ["Is there a star?", "Is every heart red?", "Is there a heart in the picture?"] * 4
NO_DETECTOR: dict[str, Any] = {"boxes": None}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_judge(tmp_path_factory.mktemp("judge"))


def test_a_question_gets_the_same_answer_in_any_batch(folder: Path) -> None:
    loaded = TransformersJudge.load(PinnedModel.parse(str(folder)))
    together = loaded.p_yes(PICTURE, ASKS)
    assert all(0.0 < p < 1.0 for p in together)
    assert together == pytest.approx([loaded.p_yes(PICTURE, [ask])[0] for ask in ASKS], abs=1e-5)
    assert len(set(together[:3])) == 3


def test_the_reader_asks_true_and_false_forms(folder: Path, settings: Settings) -> None:
    settings.JUDGE_MODEL = str(folder)
    seen = read_answers(PICTURE, PromptSpec.from_dict(MUGS))
    assert [(answer["question"], len(answer["p_foils"])) for answer in seen["answers"]] == [
        ("object-0", 1),
        ("colour-0", 1),
    ]
    assert seen["judge"] == str(folder)


def test_without_a_judge_the_reader_says_what_to_set(settings: Settings) -> None:
    settings.JUDGE_MODEL = ""
    with pytest.raises(JudgeError, match="JUDGE_MODEL=org/name@commit"):
        read_answers(PICTURE, PromptSpec.from_dict(MUGS))
    assert model_version("") == "none"


@pytest.mark.parametrize("named", ["org/model", "org/model@main", "no/such/folder/here"])
def test_a_judge_that_may_change_is_refused(named: str) -> None:
    with pytest.raises(UnpinnedModelError, match=r"neither org/name@commit \(40 digits\) nor a folder"):
        load_judge(named)


def test_pickled_weights_are_refused(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        if path.suffix != ".safetensors":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(OSError, match="safetensors"):
        load_judge(str(tmp_path))


def test_a_judge_without_words_for_yes_and_no_is_refused(tmp_path: Path) -> None:
    save_judge(tmp_path, words=["Is", "there"])
    with pytest.raises(JudgeError, match="no single token for yes or no"):
        load_judge(str(tmp_path))


def test_a_folders_version_follows_its_files(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"one")
    first = model_version(str(tmp_path))
    model_version.cache_clear()
    (tmp_path / "model.safetensors").write_bytes(b"two")
    assert model_version(str(tmp_path)) != first


@given(st.floats(0, 1), st.lists(st.floats(0, 1), max_size=4))
def test_a_share_is_between_0_and_1_and_an_even_judge_earns_no_yes(p: float, foils: list[float]) -> None:
    assert 0.0 <= share(p, foils) <= 1.0
    assert share(p, [p]) <= 0.5


def answers(**probabilities: tuple[float, float]) -> dict[str, Any]:
    listed = [
        {"question": key.replace("_", "-"), "p_true": true, "p_foils": [foil]}
        for key, (true, foil) in probabilities.items()
    ]
    return {"judge": {"answers": listed}, "detector": NO_DETECTOR}


def test_the_share_is_the_credit_and_a_missing_object_takes_its_colour_along() -> None:
    spec = PromptSpec.from_dict(MUGS)
    there = {v.metric: v.value for v in score_judged(spec, answers(object_0=(0.9, 0.1), colour_0=(0.6, 0.2)))}
    assert there == {
        "all_correct": 1.0,
        "adherence": pytest.approx((0.9 + 0.75) / 2),
        "skill_object": pytest.approx(0.9),
        "skill_colour": pytest.approx(0.75),
    }
    absent = {
        v.metric: v.value for v in score_judged(spec, answers(object_0=(0.1, 0.1), colour_0=(0.9, 0.1)))
    }
    assert set(absent.values()) == {0.0}


def test_the_reason_names_the_likelier_false_form() -> None:
    scored = score_judged(PromptSpec.from_dict(MUGS), answers(object_0=(0.9, 0.1), colour_0=(0.3, 0.8)))
    assert scored[0].reason == (
        "1 of 2 right. Wrong: “the mugs are blue” (saw yes with 30%, and to “Are the mugs red?” with 80%)."
    )


def checks(fake: Judge, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> dict[str, bool]:
    settings.JUDGE_MODEL, settings.DETECTOR_MODEL = "a-judge-that-is-known", ""
    monkeypatch.setattr(judge, "load_judge", lambda _named: fake)
    return {check.measure: check.passed for check in check_judged(scale=1)}


@pytest.mark.slow
def test_a_judge_who_sees_passes_the_gates(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    assert all(checks(SeeingJudge(), monkeypatch, settings).values())


@pytest.mark.slow
@pytest.mark.parametrize("p", [0.02, 0.98])
def test_a_judge_who_always_says_the_same_fails_them(
    p: float, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    passed = checks(ConstantJudge(p), monkeypatch, settings)
    assert not any(is_passed for measure, is_passed in passed.items() if measure.startswith("balanced"))


def test_nothing_is_checked_where_no_judge_is_set_up(settings: Settings) -> None:
    settings.JUDGE_MODEL = ""
    assert list(check_judged(scale=1)) == []

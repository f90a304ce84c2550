"""Text scorer: edit counts, assignment, precision, and what it says."""

from functools import lru_cache
from random import Random
from textwrap import wrap
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.scorers.edits import count_edits
from evaluation.scorers.lines import Line
from evaluation.scorers.matching import match_text
from evaluation.scorers.text import cannot_judge, metrics_of, score_text
from evaluation.suites.spec import PromptSpec

words = st.text("ABCDE", max_size=7)


def spec(*texts: str) -> PromptSpec:
    return PromptSpec.from_dict({"texts": [{"text": text, "colour": "black"} for text in texts]})


def seen(*texts: str, confidence: float = 0.9, second: tuple[str, ...] | None = None) -> dict[str, Any]:
    """What both engines read: lines one below the other; the second engine the same unless told."""
    return {
        "ocr": observed(*texts, confidence=confidence),
        "tesseract": observed(*(texts if second is None else second), confidence=confidence),
    }


def observed(*texts: str, confidence: float = 0.9) -> dict[str, Any]:
    lines = [
        {
            "text": text,
            "confidence": confidence,
            "corners": [[0.1, 0.2 * row], [0.9, 0.2 * row], [0.9, 0.2 * row + 0.1], [0.1, 0.2 * row + 0.1]],
        }
        for row, text in enumerate(texts)
    ]
    return {"lines": lines}


def values(asked: PromptSpec, observations: dict[str, Any]) -> dict[str, float | None]:
    return {value.metric: value.value for value in score_text(asked, observations)}


def main_values(asked: PromptSpec, observations: dict[str, Any]) -> dict[str, float | None]:
    scored = values(asked, observations)
    return {metric: scored[metric] for metric in ("text_exact", "text_f1", "cer")}


@lru_cache
def levenshtein(a: str, b: str) -> int:
    """The textbook recursion, as a second implementation."""
    if not a or not b:
        return len(a) + len(b)
    return min(
        levenshtein(a[1:], b) + 1, levenshtein(a, b[1:]) + 1, levenshtein(a[1:], b[1:]) + (a[0] != b[0])
    )


@given(words, words)
def test_edits_agree_with_the_recursion_and_add_up(asked: str, read: str) -> None:
    edits = count_edits(asked, read)
    assert edits.cost == levenshtein(asked, read)
    assert edits.cost == edits.substitutions + edits.deletions + edits.insertions
    assert edits.hits + edits.substitutions + edits.deletions == len(asked)
    assert edits.hits + edits.substitutions + edits.insertions == len(read)
    assert 0 <= edits.duplications <= edits.insertions


@given(words)
def test_a_letter_painted_twice_is_a_duplication(asked: str) -> None:
    for place in range(len(asked)):
        edits = count_edits(asked, asked[:place] + asked[place] + asked[place:])
        assert (edits.cost, edits.insertions, edits.duplications) == (1, 1, 1)


@given(
    st.lists(st.text("ABCDE", min_size=1, max_size=6), min_size=1, max_size=3), st.lists(words, max_size=4)
)
def test_values_stay_between_0_and_1(asked: list[str], read: list[str]) -> None:
    scored = values(spec(*asked), seen(*read))
    assert all(value is not None and 0.0 <= value <= 1.0 for value in scored.values())


@given(st.lists(st.text("ABCDE", min_size=1, max_size=6), min_size=1, max_size=3, unique=True), st.randoms())
def test_exact_text_in_any_order_of_regions_is_perfect(asked: list[str], rng: Any) -> None:
    read = list(asked)
    rng.shuffle(read)
    assert main_values(spec(*asked), seen(*read)) == {"text_exact": 1.0, "text_f1": 1.0, "cer": 0.0}


def test_order_of_letters_counts() -> None:
    scored = values(spec("STOP"), seen("POTS"))
    assert scored["text_exact"] == 0.0
    assert scored["text_f1"] is not None
    assert scored["text_f1"] < 0.6


def test_capitals_are_kept_apart_and_widths_are_not() -> None:
    assert values(spec("OPEN"), seen("open"))["text_exact"] == 0.0
    assert values(spec("OPEN"), seen("\uff2f\uff30\uff25\uff2e"))["text_exact"] == 1.0


def test_text_that_nobody_asked_for_lowers_f1_and_raises_cer() -> None:
    scored = main_values(spec("CAT"), seen("CAT", "DOG"))
    assert scored == {"text_exact": 1.0, "text_f1": pytest.approx(2 * 3 / 9), "cer": 1.0}


def test_words_of_one_row_may_be_one_region() -> None:
    corners = [[0.1, 0.4], [0.4, 0.4], [0.4, 0.5], [0.1, 0.5]]
    right = [[x + 0.4, y] for x, y in corners]
    lines = [
        {"text": text, "confidence": 0.9, "corners": place}
        for text, place in (("CAT", right), ("BLUE", corners))
    ]
    engines = {"ocr": {"lines": lines}, "tesseract": {"lines": lines}}
    assert values(spec("BLUE CAT"), engines)["text_exact"] == 1.0


def test_unsure_readings_do_not_count() -> None:
    scored = score_text(spec("CAT"), seen("CAT", confidence=0.3))
    assert scored[0].value == 0.0
    assert scored[0].reason == "Asked for “CAT”, read nothing like it."


def test_reason_and_evidence_say_what_was_read_and_where() -> None:
    exact = score_text(spec("CAT", "DOG"), seen("CAF", "DOG", "SALE"))[0]
    assert exact.reason == "Asked for “CAT”, read “CAF”. Read “DOG”, as asked. Not asked for: “SALE”."
    assert [region["edits"] for region in exact.evidence["regions"]] == [1, 0]
    assert exact.evidence["regions"][0]["box"] == [0.1, 0.0, 0.9, 0.1]
    assert exact.evidence["extra"][0]["read"] == "SALE"


def test_no_text_at_all() -> None:
    scored = values(spec("CAT"), seen())
    assert (scored["text_exact"], scored["text_f1"], scored["cer"], scored["ned"]) == (0.0, 0.0, 1.0, 0.0)
    assert scored["omissions"] == 1.0


def test_a_region_wrapped_over_lines_is_one_region() -> None:
    scored = values(spec("FRESH BREAD EVERY DAY", "OPEN"), seen("FRESH BREAD", "EVERY DAY", "OPEN"))
    assert scored["text_exact"] == 1.0
    assert scored["cer"] == 0.0


def test_faults_are_told_apart() -> None:
    scored = values(spec("COFFEE", "MENU"), seen("COFFFE", "MANU", "MENU"))
    assert scored["regions_exact"] == pytest.approx(0.5)
    # The second "MENU" is free to match; "MANU" is then text that nobody asked for.
    assert scored["omissions"] == 0.0
    assert scored["substitutions"] == pytest.approx(1 / 10)
    doubled = values(spec("COFFEE"), seen("COFFFEE", "COFFEE"))
    assert (doubled["text_exact"], doubled["duplications"]) == (1.0, 0.0)
    assert values(spec("COFFEE"), seen("COFFFEE"))["duplications"] == pytest.approx(1 / 6)
    assert values(spec("MENU"), seen("MENU", "MENU"))["duplications"] == 1.0


def test_exactness_is_kept_by_number_of_regions() -> None:
    assert values(spec("CAT", "DOG"), seen("CAT", "DOG"))["text_exact_2_regions"] == 1.0
    assert "text_exact_5_regions" in metrics_of(spec(*"ABCDEF"))


def test_engines_that_differ_flag_the_sample() -> None:
    flagged = score_text(spec("CAT"), seen("CAT", second=("CRT",)))
    assert flagged[0].evidence["is_doubtful"] is True
    assert flagged[0].evidence["f1_by_engine"] == {"ocr": 1.0, "tesseract": pytest.approx(2 / 3, abs=1e-3)}
    assert flagged[0].reason.endswith("Doubtful: the second engine read “CRT” (F1 0.67 against 1.00).")
    assert {value.metric: value.value for value in flagged}["engines_differ"] == 1.0
    assert values(spec("CAT"), seen("CAT"))["engines_differ"] == 0.0


def test_the_second_engine_is_not_asked_about_letters_that_it_does_not_know() -> None:
    scored = score_text(spec("CAFÉ"), seen("CAFÉ", second=("CAFE",)))
    assert "engines_differ" not in {value.metric for value in scored}
    assert scored[0].evidence["f1_by_engine"] == {"ocr": 1.0}


@pytest.mark.parametrize("text", ["CAFÉ 24/7", "面包店", "パン屋", "Ω-3"])
def test_known_scripts_are_judged(text: str) -> None:
    assert cannot_judge(spec(text)) == ""


@pytest.mark.parametrize(("text", "script"), [("Свежий хлеб", "CYRILLIC"), ("빵집", "HANGUL")])
def test_prompts_in_scripts_that_the_engine_does_not_know_are_not_judged(text: str, script: str) -> None:
    assert cannot_judge(spec("OPEN", text)) == f"PP-OCRv6 does not know {script} letters."


def test_long_texts_wrapped_over_many_lines_are_put_together_in_time() -> None:
    rng = Random(1)
    regions = [
        " ".join(rng.choice(["bread", "daily", "fresh", "garden"]) for _ in range(40)) for _ in range(3)
    ]
    texts = [line for region in regions for line in wrap(region, 30)]
    lines = [Line(text, (0.1, row / 50, 0.9, (row + 0.5) / 50)) for row, text in enumerate(texts)]
    started = monotonic()
    reading = match_text(regions, lines)
    assert all(match.is_exact for match in reading.matches)
    assert monotonic() - started < 20

"""Both text readers on pictures with known text: the same form of answer, from different engines."""

import unicodedata
from random import Random
from typing import Any

import numpy as np
import pytest
from PIL import Image

from evaluation.readers import ocr
from evaluation.readers.registry import READERS, load_reader
from evaluation.sanity.posters import poster
from evaluation.scorers.lines import normalise
from evaluation.scorers.text import KNOWN_SCRIPTS
from evaluation.suites.spec import PromptSpec

SPEC = PromptSpec.from_dict({"texts": [{"text": "OPEN", "colour": "black"}]})


@pytest.mark.parametrize("engine", ["ocr", "tesseract"])
def test_lines_are_read_with_place_and_confidence(engine: str) -> None:
    image = poster(["Fresh bread", "OPEN daily"], rng=Random(2))
    lines = load_reader(engine)(image, SPEC)["lines"]
    assert [line["text"] for line in lines] == ["Fresh bread", "OPEN daily"]
    for line in lines:
        assert 0.5 <= line["confidence"] <= 1.0
        assert all(0.0 <= part <= 1.0 for corner in line["corners"] for part in corner)
    assert lines[0]["corners"][0][1] < lines[1]["corners"][0][1]


@pytest.mark.parametrize("engine", ["ocr", "tesseract"])
def test_nothing_is_read_where_nothing_is_written(engine: str) -> None:
    assert load_reader(engine)(Image.new("RGB", (64, 64), "white"), SPEC) == {"lines": []}


@pytest.mark.parametrize("mode", ["L", "RGBA", "CMYK"])
def test_pictures_of_any_mode_are_read(mode: str) -> None:
    pixels = np.asarray(poster(["Menu"], rng=Random(3)))
    image = Image.fromarray(pixels).convert(mode)
    assert load_reader("tesseract")(image, SPEC)["lines"][0]["text"] == "Menu"


def test_the_scripts_that_are_judged_are_those_of_the_engines_alphabet() -> None:
    ocr.read_text(poster(["Menu"], rng=Random(3)))
    recogniser: Any = ocr._engine().text_rec
    letters = {letter for letter in recogniser.postprocess_op.character if len(letter) == 1}
    assert set(normalise("Größe 面包店 パン屋").replace(" ", "")) <= letters
    assert not {"ж", "Ш", "빵"} & letters
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in letters if letter.isalpha()}
    assert scripts >= KNOWN_SCRIPTS


def test_a_version_names_its_engine() -> None:
    assert READERS["tesseract"].version.startswith("1+tesserocr-")
    assert READERS["ocr"].version.startswith("1+rapidocr-")

"""The threshold of the overlap against pairs that were labelled by hand."""

from pathlib import Path
from typing import TypedDict

import numpy as np
import pytest
import yaml
from django.conf import settings
from numpy.typing import NDArray

from catalog.seed.read import Names, read_catalogue
from matchgraph.capability_sets import joined
from matchgraph.embedders.minilm import OnnxEmbedder
from matchgraph.overlap import THRESHOLD
from matchgraph.texts import capability_text

Floats = NDArray[np.floating]
# A pair whose capability was renamed since says nothing any more; when too many are gone, label anew.
FEWEST, FEWEST_HELD_OUT = 200, 100


class LabelledPair(TypedDict):
    """Two capabilities, each as artifact and name, and whether they are the same ability."""

    same: bool
    first: list[str]
    second: list[str]


def key_of(side: list[str]) -> tuple[str, str]:
    """The artifact's slug and the capability's name."""
    slug, name = side
    return slug, name


def f1(similarities: Floats, labels: NDArray[np.bool_], *, threshold: float) -> float:
    """The harmonic mean of precision and recall, taking everything above the threshold for the same."""
    said = similarities > threshold
    return float(2 * (said & labels).sum() / (said.sum() + labels.sum()))


Judged = tuple[Floats, NDArray[np.bool_]]
FOLDER = Path(__file__).parent


@pytest.fixture(scope="module")
def stated() -> dict[tuple[str, str], str]:
    """What each capability of the seed catalogue says."""
    nothing = Names(frozenset(), frozenset(), frozenset())
    catalogue = read_catalogue([settings.CATALOGUE_DIR], known=nothing)
    return {
        (entry.slug, item.name): capability_text(item.name, item.description)
        for entry in catalogue.artifacts
        for item in entry.capabilities
    }


def judged(file: str, texts: dict[tuple[str, str], str], minilm: OnnxEmbedder, *, fewest: int) -> Judged:
    """The similarity of each labelled pair, and its label."""
    pairs: list[LabelledPair] = yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
    sides = [(key_of(pair["first"]), key_of(pair["second"]), pair["same"]) for pair in pairs]
    known = [(first, second, same) for first, second, same in sides if {first, second} <= texts.keys()]
    assert len(known) >= fewest
    keys = sorted({key for first, second, _ in known for key in (first, second)})
    vectors = joined(minilm.embed([texts[key] for key in keys]), minilm.embed([name for _, name in keys]))
    places = {key: row for row, key in enumerate(keys)}
    left = vectors[[places[first] for first, _, _ in known]]
    right = vectors[[places[second] for _, second, _ in known]]
    return (left * right).sum(axis=1), np.array([same for _, _, same in known])


@pytest.fixture(scope="module")
def calibration(minilm: OnnxEmbedder, stated: dict[tuple[str, str], str]) -> Judged:
    return judged("labelled_pairs.yaml", stated, minilm, fewest=FEWEST)


def test_the_threshold_tells_same_from_other(calibration: Judged) -> None:
    assert f1(*calibration, threshold=THRESHOLD) >= 0.85


def test_no_other_threshold_is_much_better(calibration: Judged) -> None:
    best = max(f1(*calibration, threshold=float(other)) for other in np.arange(0.3, 0.9, 0.01))
    assert f1(*calibration, threshold=THRESHOLD) >= best - 0.01


def test_it_tells_them_apart_among_pairs_that_it_was_not_chosen_by(
    minilm: OnnxEmbedder, stated: dict[tuple[str, str], str]
) -> None:
    held_out = judged("held_out_pairs.yaml", stated, minilm, fewest=FEWEST_HELD_OUT)
    assert f1(*held_out, threshold=THRESHOLD) >= 0.85

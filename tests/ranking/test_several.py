"""A verdict on three or four says of any two what the verdict on those two says."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from ranking.compute.several import PairwiseDifference, several_verdict
from ranking.compute.verdict import MAX_WORDS, MeasuredDifference, Side, verdict
from tests.ranking.test_verdict import make_side

NAMES = ("One", "Two", "Three", "Four")
DRAWN = st.tuples(st.floats(5, 95), st.floats(0.1, 15))
SIDES = st.lists(DRAWN, min_size=3, max_size=4).map(
    lambda drawn: [
        make_side(name, score, half_width=half) for name, (score, half) in zip(NAMES, drawn, strict=False)
    ]
)
OPEN = "is too close to call with"


def score_of(side: Side) -> float:
    assert side.rank is not None
    return side.rank.score


@given(SIDES)
def test_it_agrees_with_the_verdict_on_every_two(sides: list[Side]) -> None:
    said = several_verdict(sides)
    best = max(sides, key=score_of)
    pairs = {other.name: verdict(best, other).confidence for other in sides if other is not best}
    found = set(pairs.values())
    assert said.confidence == ("open" if "open" in found else "probable" if "probable" in found else "clear")
    assert said.leader == (None if said.confidence == "open" else best.name)
    order, _, close = said.headline.partition(";")[0].partition(OPEN)
    sure, _, probable = order.partition("probably")
    where = {"clear": sure, "probable": probable, "open": close}
    for name, confidence in pairs.items():
        assert [part for part, text in where.items() if f"{name} (" in text] == [confidence]


@given(SIDES)
def test_a_lead_on_a_component_is_a_lead_over_each(sides: list[Side]) -> None:
    texts = [each.text for each in several_verdict(sides).statements]
    leading = {text.partition(" leads on ")[0] for text in texts if " leads on " in text}
    for one, other in combinations(sides, 2):
        pair = " ".join(each.text for each in verdict(one, other).statements)
        assert all(f"{side.name} leads on" in pair for side in (one, other) if side.name in leading)


def measured(first: str, second: str, difference: float, half: float = 0.1) -> PairwiseDifference:
    return PairwiseDifference(
        first, second, MeasuredDifference("Signs", difference, difference - half, difference + half)
    )


def test_what_was_measured_is_said_of_the_pairs_that_it_tells_apart() -> None:
    sides = [make_side(name, 50, is_measured=True) for name in ("A", "B", "C")]
    pairs = [measured("A", "B", 0.4), measured("A", "C", 0.05), measured("B", "C", -0.35)]
    texts = [each.text for each in several_verdict(sides, measured=pairs).statements]
    assert (
        "On Signs, A scores 40 points more than B and C scores 35 points more than B; "
        "no other difference there is clear." in texts
    )
    ties = [measured("A", "B", 0.04), measured("A", "C", 0.05), measured("B", "C", -0.03)]
    texts = [each.text for each in several_verdict(sides, measured=ties).statements]
    assert "On Signs they cannot be told apart." in texts


def test_scores_are_stated_and_who_is_not_ranked_is_named() -> None:
    sides = [make_side("A", 80), make_side("B", 79), make_side("C", 40), make_side("D", 0, rank=None)]
    said = several_verdict(sides)
    assert said.headline == (
        "A (80.0 out of 100) ranks higher than C (40.0) and is too close to call with B (79.0); on this data it is "
        "about 59 % likely to be ahead. D is not ranked yet."
    )
    assert len(f"{said.headline} {' '.join(each.text for each in said.statements)}".split()) <= MAX_WORDS

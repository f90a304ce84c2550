"""The verdict says what the data allow, and never "leads" inside an interval."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ranking.compute.verdict import (
    CapabilityCounts,
    ComponentSide,
    LicenceSide,
    MeasuredDifference,
    PriceSide,
    RankSide,
    Side,
    Verdict,
    probability_higher,
    verdict,
)

COMPONENTS = ("adoption", "quality", "documentation", "ecosystem", "match", "freshness")


def make_side(name: str, score: float, *, half_width: float = 5.0, **fields: object) -> Side:
    """Return a side whose components all stand at its score."""
    components = tuple(
        ComponentSide(component, component.capitalize(), score / 100, 0.03, is_missing=False)
        for component in COMPONENTS
    )
    values = {
        "name": name,
        "kind": "model",
        "rank": RankSide(score, max(0, score - half_width), min(100, score + half_width), components),
        "price": PriceSide("Paid API", "$0.04 per image"),
        "licence": LicenceSide("Proprietary", "yes", ""),
        "is_measured": False,
        **fields,
    }
    return Side(**values)  # type: ignore[arg-type]


def test_a_clear_lead_is_called_one() -> None:
    result = verdict(make_side("Alpha", 70), make_side("Beta", 40))
    assert (result.confidence, result.leader) == ("clear", "first")
    assert result.headline == "Alpha ranks higher than Beta: 70.0 against 40.0 out of 100."


def test_overlapping_intervals_are_too_close_to_call() -> None:
    result = verdict(make_side("Alpha", 52, half_width=15), make_side("Beta", 50, half_width=15))
    assert result.confidence == "open"
    assert "too close to call" in result.headline


def test_unlike_kinds_are_said_to_be_unlike() -> None:
    result = verdict(make_side("Alpha", 70), make_side("Beta", 40, kind="repository"))
    assert "each measured against its own kind" in result.headline
    assert not any("leads on" in statement.text for statement in result.statements)


def test_an_unranked_side_is_said_to_be_unranked() -> None:
    result = verdict(make_side("Alpha", 70, rank=None), make_side("Beta", 40))
    assert result.headline == "Alpha is not ranked yet."
    assert result.leader is None


def test_missing_components_are_never_led_on() -> None:
    second = make_side("Beta", 10)
    assert second.rank is not None
    missing = tuple(
        ComponentSide(c.name, c.label, c.value, c.sd, is_missing=True) for c in second.rank.components
    )
    second = make_side("Beta", 10, rank=RankSide(10, 5, 15, missing))
    assert "leads" not in verdict(make_side("Alpha", 90), second).text


def test_measured_ties_and_differences_are_told_apart() -> None:
    measured = [
        MeasuredDifference("text-rendering", 0.4, 0.3, 0.5),
        MeasuredDifference("anatomy", 0.02, -0.05, 0.09),
    ]
    text = verdict(make_side("Alpha", 60), make_side("Beta", 55), measured=measured).text
    assert "On text-rendering, Alpha scores 40 points more (95 % interval 30 to 50)." in text
    assert "On anatomy they cannot be told apart." in text


def test_a_second_side_that_scores_more_is_named_with_a_positive_interval() -> None:
    measured = [MeasuredDifference("text-rendering", -0.4, -0.5, -0.3)]
    text = verdict(make_side("Alpha", 60), make_side("Beta", 55), measured=measured).text
    assert "On text-rendering, Beta scores 40 points more (95 % interval 30 to 50)." in text


def test_conditions_of_a_licence_are_said() -> None:
    licence = LicenceSide("Community Licence", "conditional", "Below US$1M a year.")
    text = verdict(make_side("Alpha", 60, licence=licence), make_side("Beta", 55)).text
    assert "Pictures from Alpha may be used commercially only on conditions (Community Licence)." in text


def test_capabilities_are_counted_in_plain_english() -> None:
    counts = CapabilityCounts(shared=1, only_first=1, only_second=3)
    text = verdict(make_side("Alpha", 60), make_side("Beta", 55), capabilities=counts).text
    assert "They share 1 capability; 1 stands only on Alpha's list and 3 only on Beta's." in text


scores = st.floats(0, 100)
widths = st.floats(0.1, 60)


@settings(max_examples=1000)
@given(scores, widths, scores, widths)
def test_swapping_the_sides_never_changes_what_is_said(
    first: float, first_width: float, second: float, second_width: float
) -> None:
    a, b = (
        make_side("Alpha", first, half_width=first_width),
        make_side("Beta", second, half_width=second_width),
    )
    forward, backward = verdict(a, b), verdict(b, a)
    assert forward.confidence == backward.confidence
    if first != second:
        assert leader_name(forward, "Alpha", "Beta") == leader_name(backward, "Beta", "Alpha")


@settings(max_examples=1000)
@given(scores, widths, scores, widths)
def test_the_headline_never_claims_more_than_the_intervals(
    first: float, first_width: float, second: float, second_width: float
) -> None:
    a, b = (
        make_side("Alpha", first, half_width=first_width),
        make_side("Beta", second, half_width=second_width),
    )
    result = verdict(a, b)
    assert a.rank is not None
    assert b.rank is not None
    p = probability_higher(a.rank, b.rank)
    assert (result.confidence == "clear") == (max(p, 1 - p) >= 0.95)
    if "ranks higher" in result.headline:
        assert result.headline.startswith("Alpha" if first > second else "Beta")


def leader_name(result: Verdict, first: str, second: str) -> str | None:
    """Return the leader's name."""
    return {"first": first, "second": second, None: None}[result.leader]

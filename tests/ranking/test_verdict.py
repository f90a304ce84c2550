"""The verdict says what the data allow, and never "leads" inside an interval."""

import re
from typing import Any

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
    stands_apart,
    verdict,
)

COMPONENTS = ("adoption", "quality", "documentation", "ecosystem", "match", "freshness")


def make_side(name: str, score: float, *, half_width: float = 5.0, **fields: Any) -> Side:
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
    return Side(**values)


def test_a_clear_lead_is_called_one() -> None:
    result = verdict(make_side("Alpha", 70), make_side("Beta", 40))
    assert (result.confidence, result.leader) == ("clear", "first")
    assert result.headline == "Alpha ranks higher than Beta: 70.0 against 40.0 out of 100."


def test_overlapping_intervals_are_too_close_to_call() -> None:
    result = verdict(make_side("Alpha", 52, half_width=15), make_side("Beta", 50, half_width=15))
    assert result.confidence == "open"
    assert "too close to call" in result.headline
    # 2 points apart with standard deviations of 9.12 each: z = 0.155.
    assert result.headline.endswith("; on this data Alpha is about 56 % likely to be ahead.")


def test_an_open_order_is_never_said_to_be_as_likely_as_a_probable_one() -> None:
    for score in (50.01, 55.0, 61.0, 66.5, 68.3):
        result = verdict(make_side("Alpha", score, half_width=15), make_side("Beta", 50, half_width=15))
        percents = [int(words) for words in re.findall(r"(\d+) % likely", result.headline)]
        assert bool(percents) == (score > 50.01) or result.confidence != "open"
        assert all(50 < percent < 90 for percent in percents)


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
    assert "They share 1 capability; Alpha lists 1 that Beta does not and Beta lists 3 that Alpha" in text


def test_equal_capabilities_need_no_zeros() -> None:
    counts = CapabilityCounts(shared=4, only_first=0, only_second=0)
    text = verdict(make_side("Alpha", 60), make_side("Beta", 55), capabilities=counts).text
    assert "They share 4 capabilities, and neither lists another." in text


def test_equal_prices_are_said_once() -> None:
    assert "Both are paid APIs from $0.04 per image." in verdict(make_side("A", 60), make_side("B", 55)).text


def test_ways_to_pay_become_one_sentence() -> None:
    both_ways = PriceSide("Free to run yourself; paid hosting", "$0.02 per image")
    text = verdict(make_side("A", 60, price=both_ways), make_side("B", 55)).text
    assert "A is free to run yourself and has paid hosting from $0.02 per image; B is a paid API" in text


def test_an_unknown_price_is_said_beside_the_known_one() -> None:
    unknown = PriceSide("Price not known", None)
    text = verdict(make_side("A", 60), make_side("B", 55, price=unknown)).text
    assert "A is a paid API from $0.04 per image; no price is known for B." in text
    text = verdict(make_side("A", 60, price=unknown), make_side("B", 55, price=unknown)).text
    assert "No price is known for either." in text


def test_two_licences_on_conditions_share_a_sentence_and_unknown_ones_are_said() -> None:
    conditional = LicenceSide("Community Licence", "conditional", "")
    nameless = LicenceSide("", "conditional", "")
    text = verdict(make_side("A", 60, licence=conditional), make_side("B", 55, licence=nameless)).text
    assert "Pictures from A and B may be used commercially only on conditions (Community Licence)." in text
    unknown = LicenceSide("", "", "")
    text = verdict(make_side("A", 60, licence=unknown), make_side("B", 55)).text
    assert "Whether pictures from A may be used commercially is not known." in text


def test_equal_scores_are_said_to_be_equal() -> None:
    result = verdict(make_side("Alpha", 50), make_side("Beta", 50))
    assert result.headline == (
        "Alpha and Beta are too close to call: 50.0 out of 100 each; "
        "on this data either is about as likely to be ahead."
    )
    assert result.leader is None


def test_scores_that_differ_never_look_the_same() -> None:
    first, second = (make_side(n, s, half_width=0.001) for n, s in (("Alpha", 50.04), ("Beta", 50.0)))
    assert "50.04 against 50.00 out of 100" in verdict(first, second).headline


def test_a_lead_that_whole_numbers_do_not_show_is_none() -> None:
    first, second = (ComponentSide("quality", "Quality", v, 0.0, is_missing=False) for v in (0.501, 0.503))
    assert not stands_apart(first, second)


def test_a_small_measured_difference_is_never_printed_as_zero() -> None:
    measured = [MeasuredDifference("text-rendering", 0.01, 0.0004, 0.02)]
    text = verdict(make_side("Alpha", 60), make_side("Beta", 55), measured=measured).text
    assert "Alpha scores 1 point more (95 % interval 0.04 to 2)." in text


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


@settings(max_examples=1000)
@given(st.data())
def test_every_verdict_is_short_and_well_formed(data: st.DataObject) -> None:
    """The longest names and every combination of prices, licences and measurements."""
    both = data.draw(st.lists(names, min_size=2, max_size=2, unique=True))
    fields: list[dict[str, Any]] = [data.draw(side_fields) for _ in both]
    sides = [make_side(name, data.draw(scores), **own) for name, own in zip(both, fields, strict=True)]
    text = verdict(
        *sides,
        measured=data.draw(st.lists(differences, max_size=4, unique_by=lambda each: each.suite)),
        capabilities=data.draw(st.none() | counts),
    ).text
    assert len(text.split()) < 120
    assert not re.search(
        r"\(\)|\bNone\b|  |(?<![\d.])1 points\b|\b1 capabilities\b|\bare sold\b|\bis sold\b", text
    )
    sentences = re.split(r"(?<=\.) (?=[A-Z])", text)
    assert len(sentences) == len(set(sentences))


names = st.sampled_from(["Kolors", "Stable Diffusion 3.5 Large Turbo", "FLUX.1 [schnell]", "GPT-5.4 Image 2"])
unit = st.floats(-1, 1)
differences = st.builds(
    lambda suite, values: MeasuredDifference(suite, values[1], values[0], values[2]),
    st.sampled_from(["Text rendering", "Prompt adherence", "Anatomy"]),
    st.tuples(unit, unit, unit).map(sorted),
)
counts = st.builds(CapabilityCounts, *[st.integers(0, 12)] * 3)
side_fields = st.fixed_dictionaries(
    {
        "price": st.sampled_from(
            [
                PriceSide("Price not known", None),
                PriceSide("Free to run yourself", None),
                PriceSide("Free to run yourself; free hosted tier; paid hosting", "$0.003 per megapixel"),
                PriceSide("Paid API", "$8.00 per 1M prompt tokens (batch)"),
            ]
        ),
        "licence": st.builds(
            LicenceSide,
            st.sampled_from(["", "FLUX Non-Commercial License v2.0", "Apache License 2.0"]),
            st.sampled_from(["", "yes", "no", "conditional"]),
            st.just(""),
        ),
        "is_measured": st.booleans(),
        "kind": st.sampled_from(["model", "repository"]),
    }
)

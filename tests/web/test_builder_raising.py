"""What would raise a rank, and in what another is ahead: read out of the published components alone."""

import datetime as dt

from ranking.selectors import ComponentView, EntryView, InputView
from web.pages.builders.raising import LINES, raises, why_ahead


def signal(name: str, *, points: float, weight: float = 10.0, is_missing: bool = False) -> InputView:
    return InputView(
        name=name,
        label=name.title(),
        value="not known" if is_missing else "7",
        is_missing=is_missing,
        weight=weight,
        points=points,
        source="",
        source_url="",
        as_of="",
        detail="",
    )


def entry(**components: tuple[InputView, ...]) -> EntryView:
    """A published rank whose components hold these signals."""
    views = tuple(
        ComponentView(
            name=name,
            label=name.title(),
            value=0.5,
            weight=sum(each.weight for each in inputs),
            points=sum(each.points for each in inputs),
            low=0.0,
            high=1.0,
            sd=0.0,
            is_missing=False,
            inputs=inputs,
        )
        for name, inputs in components.items()
    )
    return EntryView(
        artifact_id=1,
        score=50.0,
        low=40.0,
        high=60.0,
        position=1,
        n_ranked=2,
        position_best=1,
        position_worst=2,
        places="",
        components=views,
        formula_version="5",
        snapshot_digest="",
        as_of=dt.date(2026, 11, 1),
        raise_most="",
    )


def test_what_has_most_left_comes_first_and_what_is_full_is_left_out() -> None:
    own = entry(
        adoption=(signal("stars", points=10.0), signal("forks", points=4.0)),
        match=(signal("match_rate", points=2.5, is_missing=True),),
    )
    assert [(each.label, each.now, each.gain) for each in raises(own)] == [
        ("Match_Rate", "not known", 7.5),
        ("Forks", "7", 6.0),
    ]
    many = entry(adoption=tuple(signal(f"s{number}", points=0.0) for number in range(20)))
    assert len(raises(many)) == LINES


def test_a_rival_is_ahead_where_its_points_are_more() -> None:
    own = entry(
        quality=(signal("a", points=2.0),),
        adoption=(signal("b", points=5.0),),
        match=(signal("c", points=1.0),),
    )
    rival = entry(
        quality=(signal("a", points=8.2),),
        adoption=(signal("b", points=5.4),),
        match=(signal("c", points=2.1),),
    )
    assert why_ahead(rival, own) == "ahead on Quality by 6.2 points and Match by 1.1 points"
    assert why_ahead(own, rival) == "in no component of the rank ahead by half a point"
    assert why_ahead(None, own) == "one of the two has no rank yet"


def test_kinds_that_are_ranked_by_other_components_are_compared_where_both_have_one() -> None:
    own, rival = entry(quality=(signal("a", points=2.0),)), entry(upkeep=(signal("z", points=9.0),))
    assert why_ahead(rival, own) == "in no component of the rank ahead by half a point"

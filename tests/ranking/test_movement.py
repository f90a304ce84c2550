"""Why a rank moved: parts that add up exactly, whatever changed; and what is held back until looked at."""

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.models import AdoptionSignal, Artifact
from ranking.compute.formula import Formula, parse_formula, read_definition
from ranking.compute.guard import Standing, reasons_to_hold
from ranking.compute.movement import MovementPart, explain_movement
from ranking.compute.records import ArtifactInputs, SignalResult
from ranking.compute.score import score_artifact
from ranking.models import CurrentSnapshot, RankSnapshot
from ranking.selectors import MovementView, published_rank, rank_entries
from ranking.services import publish
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact
from tests.ranking.test_score import FORMULA, inputs

GROUP = ("model", False)


def other_formula() -> dict[str, Any]:
    """Return the formula with points moved from one signal to another, as the next version."""
    definition = deepcopy(read_definition())
    definition["version"] = "next"
    for points in definition["points"].values():
        first, *_, last = points
        points[first] -= 2
        points[last] += 2
    return definition


OTHER = parse_formula(other_formula())


def signals(artifact: ArtifactInputs, formula: Formula) -> list[SignalResult]:
    return [s for c in score_artifact(artifact, formula=formula).components for s in c.signals]


@settings(max_examples=1000)
@given(inputs(), inputs(), st.sampled_from([FORMULA, OTHER]))
def test_the_parts_add_up_exactly(before: ArtifactInputs, after: ArtifactInputs, formula: Formula) -> None:
    """Inputs, kind and formula may all change at once."""
    parts = explain_movement(
        signals(before, FORMULA),
        signals(after, formula),
        bridge=signals(replace(before, kind=after.kind), formula),
    )
    difference = score_artifact(after, formula=formula).score - score_artifact(before, formula=FORMULA).score
    assert sum(part.points for part in parts) == difference
    assert all(part.points for part in parts)
    if formula == FORMULA and before.kind == after.kind:
        assert "formula" not in {part.cause for part in parts}


def part(cause: Any, points: int) -> MovementPart:
    return MovementPart("likes", "Likes", "adoption", cause, points, None, None)


def held(*parts: MovementPart, to: int = 30) -> list[str]:
    before = {"painter": Standing(GROUP, 5, 60_000)}
    after = {"painter": Standing(GROUP, to, 60_000 + sum(p.points for p in parts))}
    return reasons_to_hold(before, after, parts_of=lambda _slug: parts)


def test_the_guard_holds_what_no_changed_input_explains() -> None:
    assert held(part("formula", -9000)) == ["painter jumps from place 5 to 30 without a changed input"]
    assert held(part("lost", -9000)) == ["painter jumps from place 5 to 30 without a changed input"]
    assert held(part("input", 1000), part("formula", -9000))
    assert not held(part("input", -9000))
    assert not held(part("input", -6000), part("formula", -3000))
    assert not held(part("formula", -9000), to=15)
    assert not held(), "others moved past it"


def test_the_guard_holds_what_vanishes_and_stays_short() -> None:
    gone = {f"painter-{n:02}": Standing(GROUP, 1, 1) for n in range(30)}
    reasons = reasons_to_hold(gone, {}, parts_of=lambda _slug: ())
    assert reasons[0] == "painter-00 has vanished"
    assert reasons[-1] == "and 10 more"
    assert len(reasons) == 21
    assert not reasons_to_hold({}, gone, parts_of=lambda _slug: ())


@pytest.fixture
def field(db: None) -> list[Artifact]:
    """Publish a field of 14 artifacts, told apart by their likes alone."""
    artifacts = [make_artifact(f"painter-{n:02}") for n in range(14)]
    for n, artifact in enumerate(artifacts):
        make_adoption(artifact, "likes", 10 + 40 * n)
    compute_rank(as_of=TODAY)
    return artifacts


def movement(artifact: Artifact) -> MovementView:
    rank = published_rank(artifact.pk)
    assert rank is not None
    assert rank.moved is not None
    return rank.moved


def test_a_first_rank_has_not_moved(field: list[Artifact]) -> None:
    rank = published_rank(field[0].pk)
    assert rank is not None
    assert rank.moved is None
    assert len(rank.history) == 1
    assert published_rank(0) is None


def test_a_changed_input_is_named_with_its_points(field: list[Artifact]) -> None:
    before = rank_entries([field[0].pk])[field[0].pk]
    AdoptionSignal.objects.filter(artifact=field[0]).update(value=9000)
    assert compute_rank(as_of=TODAY).outcome == "published", "a jump of 13 places with its reason"
    view = movement(field[0])
    now = rank_entries([field[0].pk])[field[0].pk]
    assert (now.position, view.places_after) == (1, now.places)
    assert view.score_before == before.score
    assert view.points == sum(cause.points for cause in view.causes)
    assert view.points == Decimal(str(view.score_after)) - Decimal(str(view.score_before))
    (cause,) = view.causes
    assert (cause.label, cause.cause, cause.before, cause.after) == ("Likes", "input", "10", "9,000")


def test_who_is_only_overtaken_has_no_causes(field: list[Artifact]) -> None:
    AdoptionSignal.objects.filter(artifact=field[0]).update(value=9000)
    compute_rank(as_of=TODAY)
    view = movement(field[5])
    assert view.causes == ()
    assert rank_entries([field[5].pk])[field[5].pk].position == 10


def test_a_vanished_artifact_holds_publication_until_somebody_accepts(field: list[Artifact]) -> None:
    field[3].delete()
    with pytest.raises(CommandError, match=r"painter-03 has vanished\. What was published stays.*--accept"):
        call_command("compute_rank", "--as-of", "2026-11-01")
    snapshot = RankSnapshot.objects.get(published_at=None)
    assert snapshot.is_held
    assert snapshot.held_reasons == ["painter-03 has vanished"]
    assert rank_entries([field[0].pk])[field[0].pk].n_ranked == 14
    again = compute_rank(as_of=TODAY)
    assert (again.outcome, again.reasons) == ("held", ("painter-03 has vanished",))
    call_command("compute_rank", "--as-of", "2026-11-01", "--accept")
    assert rank_entries([field[0].pk])[field[0].pk].n_ranked == 13
    assert compute_rank(as_of=TODAY).outcome == "unchanged"


def test_a_count_that_was_lost_holds_publication(field: list[Artifact]) -> None:
    """A source that answers with nothing must not turn the leaderboard over."""
    AdoptionSignal.objects.filter(artifact=field[13]).delete()
    report = compute_rank(as_of=TODAY)
    assert report.reasons == ("painter-13 jumps from place 1 to 14 without a changed input",)
    assert rank_entries([field[13].pk])[field[13].pk].position == 1


def test_a_new_formula_that_turns_the_field_over_is_held(
    field: list[Artifact], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_adoption(field[0], "downloads_30d", 10**7)
    compute_rank(as_of=TODAY)
    definition = other_formula()
    points = definition["points"]["model"]
    points["match_rate"] += points["downloads_30d"]
    points["downloads_30d"] = 0
    monkeypatch.setattr(publish, "read_definition", lambda: definition)
    report = compute_rank(as_of=TODAY)
    assert report.reasons == ("painter-00 jumps from place 1 to 14 without a changed input",)
    assert compute_rank(as_of=TODAY, accept=True).digest == report.digest
    view = movement(field[0])
    assert {cause.cause for cause in view.causes} == {"formula"}
    assert view.points == view.by_formula == sum(cause.points for cause in view.causes) < 0
    assert view.formula_before != view.formula_after


def test_the_admin_shows_and_publishes_what_is_held(field: list[Artifact]) -> None:
    field[3].delete()
    compute_rank(as_of=TODAY)
    held_snapshot = RankSnapshot.objects.get(published_at=None)
    client = Client()
    client.force_login(User.objects.create_superuser("operator"))
    page = client.get("/admin/ranking/ranksnapshot/")
    assert b"painter-03 has vanished" in page.content
    client.post(
        "/admin/ranking/ranksnapshot/",
        {"action": "publish_held", "_selected_action": [held_snapshot.pk]},
    )
    assert CurrentSnapshot.objects.get().snapshot_id == held_snapshot.pk

"""Publishing: the same inputs are the same snapshot, one pointer, and the artifacts' columns agree."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from catalog.models import Artifact
from ranking.compute.formula import CURRENT_VERSION
from ranking.models import CurrentSnapshot, Formula, RankEntry, RankSnapshot
from ranking.selectors import current_snapshot, rank_entries
from ranking.services import publish
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact, make_link

pytestmark = pytest.mark.django_db


def columns(artifact: Artifact) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    artifact.refresh_from_db()
    return artifact.rank_score, artifact.rank_low, artifact.rank_high


def test_an_artifact_without_inputs_is_ranked_with_a_wide_interval() -> None:
    artifact = make_artifact()
    report = compute_rank(as_of=TODAY)
    assert str(report) == f"1 artifact ranked, snapshot {report.digest[:12]} published"
    entry = RankEntry.objects.get()
    assert columns(artifact) == (entry.score, entry.low, entry.high)
    assert entry.high - entry.low > 20
    view = rank_entries([artifact.pk])[artifact.pk]
    assert sum(component.points for component in view.components) == pytest.approx(view.score)
    assert (view.position, view.n_ranked) == (1, 1)


def test_an_empty_catalogue_publishes_an_empty_snapshot() -> None:
    assert compute_rank(as_of=TODAY).n_artifacts == 0
    snapshot = current_snapshot()
    assert snapshot is not None
    assert snapshot.n_artifacts == 0


def test_the_same_inputs_are_the_same_snapshot_and_nothing_is_written_again() -> None:
    make_adoption(make_artifact())
    first = compute_rank(as_of=TODAY)
    rows = list(RankEntry.objects.values())
    again = compute_rank(as_of=TODAY)
    assert (again.digest, again.outcome) == (first.digest, "unchanged")
    assert list(RankEntry.objects.values()) == rows
    assert RankSnapshot.objects.count() == CurrentSnapshot.objects.count() == 1


def test_what_the_rank_does_not_read_changes_no_digest() -> None:
    artifact = make_artifact()
    first = compute_rank(as_of=TODAY)
    Artifact.objects.filter(pk=artifact.pk).update(about="Longer text.", summary="New words.", name="Renamed")
    assert compute_rank(as_of=TODAY).digest == first.digest


def test_a_changed_input_moves_the_pointer_and_going_back_moves_it_back() -> None:
    artifact = make_artifact()
    first = compute_rank(as_of=TODAY)
    score = columns(artifact)
    signal = make_adoption(artifact, "likes", 5000)
    second = compute_rank(as_of=TODAY)
    assert second.digest != first.digest
    assert columns(artifact) > score
    signal.delete()
    third = compute_rank(as_of=TODAY)
    assert (third.digest, third.outcome) == (first.digest, "published")
    assert columns(artifact) == score
    assert RankSnapshot.objects.count() == 2


def test_positions_are_counted_by_kind_and_demonstrations_apart() -> None:
    for slug, likes in (("best", 9000), ("worse", 10)):
        make_adoption(make_artifact(slug), "likes", likes)
    make_adoption(make_artifact("demo", is_demonstration=True), "likes", 800)
    make_artifact("tool", kind="library")
    compute_rank(as_of=TODAY)
    found = {entry.slug: (entry.position, entry.n_ranked) for entry in RankEntry.objects.all()}
    assert found == {"best": (1, 2), "worse": (2, 2), "demo": (1, 1), "tool": (1, 1)}


def test_an_entry_stays_when_its_artifact_leaves_and_finds_it_when_it_returns() -> None:
    make_artifact("stays")
    make_artifact("leaves").delete()
    leaver = make_artifact("leaves")
    first = compute_rank(as_of=TODAY)
    leaver.delete()
    assert RankEntry.objects.get(slug="leaves").artifact is None
    compute_rank(as_of=TODAY, accept=True)
    back = make_artifact("leaves")
    assert compute_rank(as_of=TODAY).digest == first.digest
    assert columns(back)[0] == RankEntry.objects.get(slug="leaves", artifact=back).score


def test_columns_and_pointer_change_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    artifact = make_artifact()
    compute_rank(as_of=TODAY)
    before, pointer = columns(artifact), CurrentSnapshot.objects.get().snapshot_id
    make_link(artifact)
    moved = publish._publish

    def fails_at_the_end(snapshot: RankSnapshot) -> None:
        moved(snapshot)
        raise RuntimeError("power cut")

    monkeypatch.setattr(publish, "_publish", fails_at_the_end)
    with pytest.raises(RuntimeError), transaction.atomic():
        compute_rank(as_of=TODAY)
    assert (columns(artifact), CurrentSnapshot.objects.get().snapshot_id) == (before, pointer)
    assert RankSnapshot.objects.count() == 1


def test_a_formula_that_changed_without_a_new_version_is_refused() -> None:
    compute_rank(as_of=TODAY)
    Formula.objects.update(digest="0" * 64)
    make_artifact()
    with pytest.raises(CommandError, match=f"formula {CURRENT_VERSION} was changed without a new version"):
        call_command("compute_rank", "--as-of", "2026-11-01")
    with pytest.raises(CommandError, match="needs a date"):
        call_command("compute_rank", "--as-of", "soon")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_publish_one_snapshot() -> None:
    make_adoption(make_artifact())
    outcomes: list[str] = []

    def work() -> None:
        try:
            outcomes.append(compute_rank(as_of=TODAY).outcome)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["published", "unchanged", "unchanged", "unchanged"]
    assert RankSnapshot.objects.count() == 1
    # A day later only the age has changed, where there is one.
    assert compute_rank(as_of=TODAY + dt.timedelta(days=1)).outcome == "unchanged"

"""Neighbours among many: the exact best of the candidates, and lists that keep up with changes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.models import Artifact, Capability
from matchgraph.models import Generation, Neighbourhood, Overlap
from matchgraph.neighbours import candidates, gathered, greatest, nearest_sets, upper_bounds
from matchgraph.overlap import THRESHOLD, align, pair_worth, upper_bound
from matchgraph.selectors import related
from matchgraph.services import neighbourhoods, overlaps
from matchgraph.services.build import build_matchgraph
from matchgraph.services.stored_vectors import stored_vectors
from tests.builders import make_artifact, make_capability
from tests.matchgraph.conftest import CountingEmbedder
from tests.matchgraph.test_overlap import Vectors, unit_vectors

TASKS = ("drawing", "cleaning", "colouring", "enlarging", "lighting")
SUBJECTS = ("posters", "portraits", "maps", "logos", "comics", "icons")


@settings(max_examples=150, deadline=None)
@given(unit_vectors(), st.lists(unit_vectors(), min_size=1, max_size=15), st.integers(1, 10))
def test_the_best_are_those_of_comparing_with_all(own: Vectors, others: list[Vectors], n: int) -> None:
    starts = np.cumsum([0, *(len(other) for other in others[:-1])])
    similarities = own @ np.vstack(others).T
    scores = sorted((align(own @ other.T).score for other in others), reverse=True)
    found = nearest_sets(similarities, starts, n=n)
    assert [item.alignment.score for item in found] == pytest.approx(
        [score for score in scores[:n] if score > 0]
    )
    for item in found:
        assert item.alignment.score == pytest.approx(align(own @ others[item.place].T).score)


@settings(max_examples=150, deadline=None)
@given(unit_vectors(), st.lists(unit_vectors(), min_size=1, max_size=8))
def test_bounds_of_many_are_those_of_each(own: Vectors, others: list[Vectors]) -> None:
    starts = np.cumsum([0, *(len(other) for other in others[:-1])])
    together = upper_bounds(pair_worth(own @ np.vstack(others).T, threshold=THRESHOLD), starts)
    assert together == pytest.approx([upper_bound(own @ other.T) for other in others])


@pytest.mark.parametrize("n_values", [5, 300, 60_000])
def test_the_greatest_are_the_greatest(n_values: int) -> None:
    values = np.random.default_rng(3).normal(size=n_values)
    values[: n_values // 2] = values.max()  # Ties.
    for n in (1, 4):
        assert sorted(values[greatest(values, n)]) == sorted(values)[-n:]


def test_candidates_are_the_nearest_by_signature_without_oneself() -> None:
    signed = np.random.default_rng(5).normal(size=(50, 8))
    for row, others in candidates(signed, np.arange(50), n=6):
        products = signed @ signed[row]
        products[row] = -np.inf
        assert set(others.tolist()) == set(np.argsort(-products)[:6].tolist())


def test_rows_of_sets_one_after_another() -> None:
    rows, starts = gathered([2, 0], np.array([0, 3, 4, 6]))
    assert (rows.tolist(), starts.tolist()) == ([4, 5, 0, 1, 2], [0, 2])


def make_many() -> list[Artifact]:
    """Artifacts with two to four abilities each, so that many share some."""
    artifacts = []
    for number in range(30):
        artifact = make_artifact(f"artifact-{number:02d}")
        for place in range(2 + number % 3):
            task, subject = TASKS[(number + place) % 5], SUBJECTS[(number * place) % 6]
            make_capability(artifact, f"{task} {subject} {place}", description=f"{task} of {subject}.")
        artifacts.append(artifact)
    return artifacts


@pytest.fixture
def nearest_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep only neighbours, and few of them."""
    monkeypatch.setattr(overlaps, "EVERY_PAIR_UP_TO", 5)
    monkeypatch.setattr(neighbourhoods, "KEPT", 6)
    monkeypatch.setattr(neighbourhoods, "PROMISED", 4)


def every_score() -> dict[tuple[int, int], float]:
    """The overlap of every pair, by brute force over the stored vectors."""
    stored = stored_vectors(Generation.objects.get(is_current=True))
    scores = {}
    for one, first in enumerate(stored.artifact_ids.tolist()):
        for other, second in enumerate(stored.artifact_ids.tolist()):
            rows = [np.arange(stored.bounds[k], stored.bounds[k + 1]) for k in (one, other)]
            scores[first, second] = align(stored.similarities(*rows)).score if one != other else 0.0
    return scores


def best_scores(scores: dict[tuple[int, int], float], artifact: Artifact, n: int) -> list[float]:
    own = sorted((score for (first, _), score in scores.items() if first == artifact.pk), reverse=True)
    return [score for score in own[:n] if score > 0]


def assert_lists_are_right(artifacts: list[Artifact]) -> None:
    scores = every_score()
    for artifact in artifacts:
        expected = best_scores(scores, artifact, neighbourhoods.PROMISED)
        assert [row.overlap for row in related(artifact.pk, limit=neighbourhoods.PROMISED)] == pytest.approx(
            expected, abs=1e-5
        )


@pytest.mark.django_db
def test_a_large_catalogue_keeps_the_nearest_of_each(embedder: CountingEmbedder, nearest_only: None) -> None:
    artifacts = make_many()
    build_matchgraph(embedder)
    assert 0 < Overlap.objects.count() < 30 * 29 / 2
    assert Neighbourhood.objects.count() == 30
    assert_lists_are_right(artifacts)
    assert build_matchgraph(embedder).overlaps.computed == 0


@pytest.mark.django_db
def test_a_change_touches_its_neighbourhood_alone(embedder: CountingEmbedder, nearest_only: None) -> None:
    artifacts = make_many()
    build_matchgraph(embedder)
    before = dict(Overlap.objects.values_list("pk", "computed_at"))
    changed = artifacts[7]
    Capability.objects.filter(artifact=changed).first().delete()  # type: ignore[union-attr]
    make_capability(changed, "lighting comics 0", description="lighting of comics.")
    report = build_matchgraph(embedder)
    assert 0 < report.overlaps.computed < 40
    untouched = Overlap.objects.exclude(first=changed).exclude(second=changed)
    kept = [row for row in untouched if before.get(row.pk) == row.computed_at]
    assert len(kept) > len(before) / 2
    assert_lists_are_right(artifacts)


@pytest.mark.django_db
def test_lists_keep_up_with_many_small_changes(embedder: CountingEmbedder, nearest_only: None) -> None:
    artifacts = make_many()
    build_matchgraph(embedder)
    for number in (3, 11, 20, 3):
        capability = Capability.objects.filter(artifact=artifacts[number]).order_by("pk").last()
        assert capability is not None
        capability.description = f"{TASKS[number % 5]} of many {SUBJECTS[number % 6]}, again."
        capability.save()
        build_matchgraph(embedder)
    gone = artifacts.pop(5)
    gone.delete()
    build_matchgraph(embedder)
    assert_lists_are_right(artifacts)

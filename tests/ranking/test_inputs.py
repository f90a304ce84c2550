"""What the rank reads: each signal from its rows, in a fixed number of queries, nothing from builders."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.models import AdoptionSignal, Artifact
from catalog.vocabulary import Kind
from ranking.compute.formula import parse_formula, read_definition
from ranking.compute.records import SignalInput
from ranking.inputs import read_inputs
from ranking.inputs.adoption import count_signal
from tests.builders import (
    TODAY,
    make_adoption,
    make_artifact,
    make_capability,
    make_fact,
    make_link,
    make_offer,
    make_publisher,
    make_relation,
    make_reported_result,
    make_source,
)

FORMULA = parse_formula(read_definition())
pytestmark = pytest.mark.django_db


def signals_of(slug: str = "painter-one") -> dict[str, SignalInput]:
    inputs = {artifact.slug: artifact for artifact in read_inputs(FORMULA, as_of=TODAY)}
    return {signal.name: signal for signal in inputs[slug].signals}


def make_full_artifact(slug: str) -> Artifact:
    """Make an artifact with a row behind each signal that the catalogue feeds."""
    artifact = make_artifact(slug, last_activity_on=dt.date(2026, 10, 22), licence_id="MIT")
    make_adoption(artifact, "downloads_30d", 5000)
    make_adoption(artifact, "likes", 40)
    make_capability(artifact, source_urls=["https://example.org/card"])
    make_offer(artifact)
    make_reported_result(artifact)
    make_link(artifact)
    make_fact(artifact, "last_activity_on", "2026-10-22")
    make_relation(make_artifact(f"{slug}-tool", kind="library", publisher=make_publisher("other")), artifact)
    return artifact


def test_every_kind_has_a_profile() -> None:
    assert {kind for profile in FORMULA.profiles for kind in profile.kinds} == set(Kind)


def test_an_empty_catalogue_has_no_inputs() -> None:
    assert list(read_inputs(FORMULA, as_of=TODAY)) == []


def test_each_signal_comes_with_its_source_and_date() -> None:
    make_full_artifact("painter-one")
    signals = signals_of()
    assert signals["downloads_30d"] == SignalInput(
        "downloads_30d", 5000, source="Model card", source_url="https://example.org/counts", as_of=TODAY
    )
    assert signals["last_activity"].value == 10
    assert signals["last_activity"].source_url == "https://example.org/card"
    assert signals["hosting_providers"].value == 1
    assert "GenEval 0.66" in signals["quality_evidence"].detail
    assert signals["tool_publishers"].value == 1
    assert signals["capability_evidence"].value == 1
    assert signals["documentation_checks"].value == pytest.approx(2 / 5)


def test_signals_that_the_kind_does_not_use_are_not_read() -> None:
    make_adoption(make_artifact(), "stars", 90_000)
    assert "stars" not in signals_of()


def test_the_number_of_queries_does_not_grow() -> None:
    make_full_artifact("first")
    with CaptureQueriesContext(connection) as few:
        list(read_inputs(FORMULA, as_of=TODAY))
    for n in range(12):
        make_full_artifact(f"more-{n}")
    with CaptureQueriesContext(connection) as many:
        assert len(list(read_inputs(FORMULA, as_of=TODAY))) == 26
    assert len(many) == len(few) <= 11


@pytest.mark.parametrize("chunk", [1, 3])
def test_the_size_of_a_chunk_changes_nothing(chunk: int) -> None:
    for n in range(4):
        make_full_artifact(f"model-{n}")
    whole = list(read_inputs(FORMULA, as_of=TODAY))
    assert list(read_inputs(FORMULA, as_of=TODAY, chunk=chunk)) == whole


def test_the_latest_count_wins_whatever_the_order_of_rows() -> None:
    artifact = make_artifact()
    make_adoption(artifact, "likes", 50)
    make_adoption(artifact, "likes", 70, observed_on=TODAY - dt.timedelta(days=30))
    assert signals_of()["likes"].value == 50


def test_a_doubtful_jump_leaves_the_count_before_it() -> None:
    artifact = make_artifact()
    make_adoption(artifact, "likes", 50, observed_on=TODAY - dt.timedelta(days=1))
    make_adoption(artifact, "likes", 10**6, is_suspect=True)
    assert signals_of()["likes"].value == 50


def test_a_doubtful_jump_widens_the_interval_and_is_shown() -> None:
    artifact = make_artifact()
    for day, value in ((4, 50), (3, 52), (2, 54), (1, 56)):
        make_adoption(artifact, "likes", value, observed_on=TODAY - dt.timedelta(days=day))
    assert signals_of()["likes"].doubt is None
    make_adoption(artifact, "likes", 9000)
    likes = signals_of()["likes"]
    assert likes.value == 56 + 2 + 6
    assert likes.doubt is not None
    assert likes.detail == "9,000 observed; growth far above its own history is not counted yet"
    AdoptionSignal.objects.filter(value=9000).update(is_suspect=True)
    likes = signals_of()["likes"]
    assert (likes.value, likes.doubt) == (56, 1)
    assert "waits to be looked at" in likes.detail


@settings(max_examples=1000)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 10**6)), min_size=1, max_size=8),
    st.lists(st.integers(0, 7), max_size=8),
)
def test_a_source_that_says_it_twice_changes_nothing(
    counts: list[tuple[int, int]], repeated: list[int]
) -> None:
    rows = [(TODAY + dt.timedelta(days=day), value, False, "Hub", "") for day, value in counts]
    twice = rows + [rows[index] for index in repeated if index < len(rows)]
    for metric in ("likes", "downloads_30d"):
        assert count_signal(metric, sorted(twice)) == count_signal(metric, sorted(rows))


def test_of_several_reports_of_a_benchmark_the_lowest_counts() -> None:
    artifact = make_artifact()
    for value, who in (("0.80", "Vendor"), ("0.60", "Somebody else")):
        make_reported_result(artifact, value, reported_by=who)
    make_reported_result(artifact, "85.15", benchmark="DPG-Bench", metric="Overall")
    make_reported_result(artifact, "1", metric="colors")
    signal = signals_of()["quality_evidence"]
    assert signal.detail == "reported, not checked: DPG-Bench 85.15, GenEval 0.6"
    # GenEval 0.6 stands at 0.238 of what was published, DPG-Bench 85.15 at 0.5; the prior pulls down.
    mean, precisions = (0.10 + 0.15 * (0.6 - 0.489) / (0.61 - 0.489) + 0.5) / 2, (1 / 0.2**2, 1 / 0.29**2)
    expected = (mean * precisions[0] + 0.25 * precisions[1]) / sum(precisions)
    assert signal.value == pytest.approx(expected, abs=1e-6)
    assert signal.sd == pytest.approx(sum(precisions) ** -0.5, abs=1e-6)


def test_one_provider_in_two_spellings_is_one() -> None:
    artifact = make_artifact()
    for provider in ("Acme API", "ACME API", "Other"):
        make_offer(artifact, provider=provider)
    make_offer(artifact, "0", kind="self-hosted", provider="Your own hardware", unit="")
    assert signals_of()["hosting_providers"].value == 2


def test_ties_count_each_other_publisher_once_by_what_they_do() -> None:
    first, other = make_publisher("first"), make_publisher("other")
    model = make_artifact("model", publisher=first)
    make_relation(make_artifact("own", publisher=first), model)
    for slug in ("tool-1", "tool-2"):
        make_relation(make_artifact(slug, kind="library", publisher=other), model)
    make_relation(make_artifact("tuned", publisher=other), model, "finetuned-from")
    assert signals_of("model")["tool_publishers"].value == 1
    assert signals_of("model")["derivative_publishers"].value == 1
    assert signals_of("tool-1")["supported_publishers"].value == 1
    assert not {"tool_publishers", "derivative_publishers"} & signals_of("tuned").keys()
    assert "supported_publishers" not in signals_of("own")


def test_capabilities_count_by_how_sure_a_cited_source_leaves_us() -> None:
    artifact = make_artifact()
    cited = {"source_urls": ["https://example.org/card"]}
    make_capability(artifact, "One", **cited)
    make_capability(artifact, "Two", confidence="medium", **cited)
    make_capability(artifact, "Three")
    make_capability(artifact, "Four", origin="builder", **cited)
    assert signals_of()["capability_evidence"].value == pytest.approx(0.5)


def test_what_is_archived_says_so_and_a_rhythm_gives_a_grace_of_its_own() -> None:
    artifact = make_artifact(last_activity_on=TODAY, status="archived")
    for day in ("2026-01-01", "2026-03-02", "2026-05-01"):
        source = make_source(f"https://example.org/{day}")
        make_fact(artifact, "last_activity_on", day, source=source, is_winning=False)
    activity = signals_of()["last_activity"]
    assert activity.is_archived
    assert activity.grace_days == 120
    assert "archived" in activity.detail
    make_artifact("closed", kind="library", status="archived")
    assert signals_of("closed")["last_activity"].is_archived


def test_what_a_builder_states_feeds_no_signal() -> None:
    artifact = make_artifact(
        licence_id="MIT", licence_outputs_commercial="yes", last_activity_on=TODAY, released_on=TODAY
    )
    before = signals_of()
    builder = make_source("https://example.org/builder", kind="builder", name="Its builder")
    make_adoption(artifact, "downloads_30d", 10**9, source=builder)
    make_reported_result(artifact, "1", source=builder)
    make_offer(artifact, provider="Invented", source=builder)
    make_capability(artifact, origin="builder", source_urls=["https://example.org/builder"])
    assert signals_of() == before
    for field in ("last_activity_on", "released_on", "licence"):
        make_fact(artifact, field, "2026-11-01", source=builder)
    signals = signals_of()
    assert "last_activity" not in signals
    assert signals["documentation_checks"].value == 0


def test_software_without_a_known_change_is_not_called_as_old_as_its_first_release() -> None:
    make_artifact("tool", kind="library", released_on=dt.date(2022, 1, 1))
    make_artifact("painter", released_on=TODAY)
    assert "last_activity" not in signals_of("tool")
    assert signals_of("painter")["last_activity"].value == 0


def test_the_release_stands_in_where_only_a_builder_knows_of_changes() -> None:
    artifact = make_artifact(last_activity_on=TODAY, released_on=TODAY - dt.timedelta(days=400))
    builder = make_source("https://example.org/builder", kind="builder", name="Its builder")
    make_fact(artifact, "last_activity_on", "2026-11-01", source=builder)
    assert signals_of()["last_activity"].value == 400

"""Scorers that failed a gate do not count, and the page of methods says so."""

import pytest
from django.test import Client

from evaluation.models import ScorerReport
from evaluation.sanity.base import PUBLISHED, Check, at_least
from evaluation.selectors import headline_scores, run_record, suite_overview
from evaluation.selectors.reports import scorer_standings, unmeasured_scorers
from evaluation.services import check
from tests.builders import make_artifact
from tests.web.measured import make_run, make_scorer_report, make_suite
from web.pages.scores import own_scores

pytestmark = pytest.mark.django_db


def missed_gate(version: str, *, tier: str = "offline") -> ScorerReport:
    return ScorerReport.objects.create(
        scorer="text",
        scorer_version=version,
        sanity_suite="ocr-clean",
        measure="read exactly",
        value=0.5,
        gate=">= 0.97",
        passed=False,
        n_images=8,
        tier=tier,
    )


def test_a_version_that_failed_a_gate_weighs_nothing() -> None:
    artifact = make_artifact("one")
    make_run(artifact, make_suite(), [1.0] * 6)
    missed_gate("another version")
    assert not headline_scores([artifact.pk])[artifact.pk][0].is_beta
    missed_gate("1")
    assert headline_scores([artifact.pk])[artifact.pk][0].is_beta


def test_a_version_that_was_never_tested_or_has_no_gate_weighs_nothing_either() -> None:
    artifact = make_artifact("one")
    run = make_run(artifact, make_suite(), [1.0] * 6)
    ScorerReport.objects.update(gate="published, no gate")
    assert headline_scores([artifact.pk])[artifact.pk][0].is_beta
    ScorerReport.objects.all().delete()
    assert headline_scores([artifact.pk])[artifact.pk][0].is_beta
    (record, overview) = run_record(run.pk), suite_overview(run.suite.slug)
    assert record is not None
    assert overview is not None
    assert (record.is_beta, overview.is_beta) == (True, True)


def test_a_version_newer_than_the_one_tested_has_not_been_tested() -> None:
    make_scorer_report(version=check.version_of("text"))
    assert "text" not in unmeasured_scorers(scorer_standings())
    ScorerReport.objects.update(scorer_version="the one before")
    assert "text" in unmeasured_scorers(scorer_standings())


def test_the_version_measured_last_stands_for_its_tier() -> None:
    missed_gate("old")
    make_scorer_report()
    missed_gate("old", tier="full")
    standings = {(s.tier_label, s.scorer_version): s.n_missed for s in scorer_standings()}
    assert standings == {("demonstration tier", "1"): 0, ("full tier", "old"): 1}
    assert "adherence-judged" in unmeasured_scorers(scorer_standings())


def test_the_page_names_tier_gate_and_verdict(client: Client) -> None:
    make_scorer_report(version=check.version_of("text"))
    missed_gate("1", tier="full")
    page = client.get("/methodology/").content.decode()
    assert "demonstration tier" in page
    assert "✓ &gt;= 0.97" in page
    assert "1 gate failed, does not count" in page
    assert "Not tested on this site yet: adherence, adherence-judged, anatomy, anatomy-judged." in page


def test_measuring_again_replaces_all_that_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = iter(
        [
            [Check("text", "ocr-clean", "read exactly", 0.5, at_least(0.97), 8)],
            [Check("text", "ocr-clean", "lines read exactly", 0.99, at_least(0.97), 8)],
        ]
    )
    monkeypatch.setitem(check.SANITY_SUITES, "text", lambda **_: iter(next(runs)))
    list(check.run_checks(["text"]))
    list(check.run_checks(["text"]))
    assert [report.measure for report in ScorerReport.objects.all()] == ["lines read exactly"]


def test_what_is_published_alone_has_no_gate() -> None:
    report = check.store_check(Check("text", "ocr-clean", "accented", 0.1, PUBLISHED, 8), tier="offline")
    assert (report.passed, report.has_gate) == (True, False)


def test_values_of_the_demonstration_tier_say_so_wherever_they_stand() -> None:
    artifact = make_artifact("one", is_demonstration=True)
    make_run(artifact, make_suite("lettering"), [1.0] * 6)
    tiny = make_suite("tiny-lettering")
    tiny.tier = tiny.Tier.DEMONSTRATION
    tiny.save()
    make_run(artifact, tiny, [1.0] * 6)
    labels = {own.suite_slug: own.scorer for own in own_scores(headline_scores([artifact.pk])[artifact.pk])}
    assert labels == {"lettering": "text 1", "tiny-lettering": "text 1, demonstration tier"}

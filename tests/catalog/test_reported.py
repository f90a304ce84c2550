"""Results that others published: kept with who said so, and counted once where papers copy them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from catalog.copies import StatedResult, copies
from catalog.models import ReportedResult
from catalog.seed.read import CatalogueError
from catalog.selectors import reported_lines
from catalog.services.load import load_catalogue
from catalog.vocabulary import Claimant
from tests.builders import make_artifact, make_reported_result

ROW: dict[str, Any] = {"artifact": 1, "benchmark": "GenEval", "metric": "overall", "value": Decimal("0.66")}


def document(slug: str, value: str = "0.66", **fields: Any) -> dict[str, Any]:
    """Return a document that states one value about ``brush-one``."""
    source = {"kind": "document", "name": slug, "url": f"https://example.org/{slug}"}
    return {
        "slug": slug,
        "source": {**source, "observed_on": "2026-08-22"},
        "reported_by": f"{slug} authors",
        "results": {"brush-one": {"GenEval": {"overall": value}}},
        **fields,
    }


def write(folder: Path, *documents: dict[str, Any]) -> Path:
    """Write one file of documents and return the folder to load."""
    (folder / "reported").mkdir(exist_ok=True)
    (folder / "reported" / "papers.yaml").write_text(yaml.safe_dump(list(documents)))
    return folder


statements = st.lists(
    st.builds(
        StatedResult,
        key=st.integers(0, 10**6),
        artifact=st.integers(1, 2),
        benchmark=st.sampled_from(["GenEval", "geneval"]),
        metric=st.just("overall"),
        value=st.sampled_from([Decimal("0.66"), Decimal("0.660"), Decimal("0.7")]),
        claimant=st.sampled_from(Claimant),
        is_primary=st.booleans(),
        source=st.sampled_from(["a", "b"]),
    ),
    unique_by=lambda row: row.key,
)


@given(statements)
def test_a_copy_points_at_an_equal_original(rows: list[StatedResult]) -> None:
    by_key = {row.key: row for row in rows}
    found = copies(rows)
    for copy, original in found.items():
        first, second = by_key[copy], by_key[original]
        assert (first.artifact, first.value) == (second.artifact, second.value)
        assert original not in found
        assert Claimant.USER not in {first.claimant, second.claimant}
        assert second.is_primary or not first.is_primary
    left = [row for row in rows if row.key not in found and row.claimant != Claimant.USER]
    assert len({(row.artifact, row.value) for row in left}) == len(left)


@pytest.mark.parametrize(
    ("claimant", "is_primary", "original"),
    [(Claimant.BENCHMARK, True, 2), (Claimant.BENCHMARK, False, 1), (Claimant.THIRD_PARTY, True, 1)],
)
def test_who_is_the_original(claimant: Claimant, original: int, *, is_primary: bool) -> None:
    maker = StatedResult(1, **ROW, claimant=Claimant.VENDOR, is_primary=True, source="z")
    other = StatedResult(2, **ROW, claimant=claimant, is_primary=is_primary, source="a")
    assert list(copies([maker, other]).values()) == [original]


def test_a_user_who_gets_the_same_value_has_measured() -> None:
    maker = StatedResult(1, **ROW, claimant=Claimant.VENDOR, is_primary=True, source="a")
    user = StatedResult(2, **ROW, claimant=Claimant.USER, is_primary=True, source="b")
    assert copies([maker, user]) == {}


@pytest.mark.django_db
def test_documents_arrive_with_who_stands_behind_them(tmp_path: Path) -> None:
    artifact = make_artifact("brush-one")
    documents = [
        document("maker", makers_of=["brush-one"]),
        document("benchmark", own_benchmarks=["GenEval"]),
        document("note", is_primary=False),
        document("user", "0.6", is_reproduction=True),
    ]
    report = load_catalogue([write(tmp_path, *documents)])
    assert (report.documents, report.changed_documents) == (4, 4)
    lines = reported_lines([artifact.pk])[artifact.pk]
    assert [(line.value, line.claimant_words) for line in lines] == [
        (Decimal("0.66"), "the benchmark's authors"),
        (Decimal("0.6"), "user reproduction"),
    ]
    assert [source.name for source in lines[0].repeated_in] == ["maker", "note"]
    assert ReportedResult.objects.get(document="maker").claimant == "vendor"
    assert not ReportedResult.objects.get(document="note").is_primary


@pytest.mark.django_db
def test_loading_documents_twice_changes_nothing(tmp_path: Path) -> None:
    make_artifact("brush-one")
    folder = write(tmp_path, document("maker"), document("copy"))
    load_catalogue([folder])
    before = list(ReportedResult.objects.order_by("pk").values_list())
    assert load_catalogue([folder]).changed_documents == 0
    assert list(ReportedResult.objects.order_by("pk").values_list()) == before


@pytest.mark.django_db
def test_a_changed_document_replaces_only_its_own_values(tmp_path: Path) -> None:
    artifact = make_artifact("brush-one")
    make_reported_result(artifact, "0.5")
    load_catalogue([write(tmp_path, document("maker"), document("copy"))])
    load_catalogue([write(tmp_path, document("maker", "0.7"), document("copy"))])
    lines = reported_lines([artifact.pk])[artifact.pk]
    assert sorted(line.value for line in lines) == [Decimal("0.5"), Decimal("0.66"), Decimal("0.7")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"results": {"nobody": {"GenEval": {"overall": "1"}}}}, "no artifact has the slug 'nobody'"),
        ({"results": {"brush-one": {"GenEval": {"overall": 0.66}}}}, "write numbers in quotes"),
        ({"makers_of": ["nobody"]}, "no artifact has the slug 'nobody'"),
        ({"results": {}}, "at least 1 item"),
        ({"source": {"kind": "document", "name": "A", "observed_on": "2026-08-22"}}, "has no url"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, fields: dict[str, Any], message: str) -> None:
    make_artifact("brush-one")
    with pytest.raises(CatalogueError, match=message):
        load_catalogue([write(tmp_path, document("maker", **fields))])
    assert not ReportedResult.objects.exists()


@pytest.mark.django_db
def test_reading_takes_two_queries_for_many() -> None:
    artifacts = [make_artifact(f"brush-{number}") for number in range(4)]
    for artifact in artifacts:
        for value in ("0.1", "0.2", "0.3"):
            make_reported_result(artifact, value)
    with CaptureQueriesContext(connection) as queries:
        lines = reported_lines([artifact.pk for artifact in artifacts])
    assert len(queries) == 2
    assert [len(lines[artifact.pk]) for artifact in artifacts] == [3, 3, 3, 3]

"""Everything at once: the same as the pages, of one moment, in constant memory, and reproducible."""

import gzip
import hashlib
import json
import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from unittest import mock

import psycopg
import pytest
from arro3.io import read_parquet
from django.core.management import CommandError, call_command
from django.test import Client

from catalog.models import Artifact
from evaluation.models import Run, Sample, Suite
from tests.builders import make_artifact
from web.api.schemas.exports import ArtifactLine, EvaluationLine
from web.export import stream
from web.export.dumps import latest_dump
from web.export.formats import zstd
from web.export.parquet import arrow_schema, as_parquet, parquet
from web.export.statements import ARTIFACTS_EXPORT
from web.export.stream import BusyError, Stream, one_moment
from web.tasks import dump_site

# Exports read on connections of their own, so what they read has to be committed.
pytestmark = pytest.mark.django_db(transaction=True)
API = "/api/v1"


def lines(client: Client, name: str) -> list[Any]:
    response = client.get(f"{API}/export/{name}")
    assert response.status_code == 200
    return [json.loads(line) for line in response.getvalue().splitlines()]


def test_every_line_is_as_declared_and_as_its_page(client: Client, catalogue: Run) -> None:
    rows = lines(client, "artifacts.ndjson")
    assert [row["slug"] for row in rows] == list(
        Artifact.objects.order_by("pk").values_list("slug", flat=True)
    )
    for row in rows:
        ArtifactLine.model_validate(row)
    (gamma,) = (row for row in rows if row["slug"] == "gamma")
    detail = json.loads(client.get(f"{API}/artifacts/gamma").content)
    assert gamma["rank_score"] == detail["rank_entry"]["score"]
    assert [item["name"] for item in gamma["capabilities"]] == [
        item["name"] for item in detail["capabilities"]
    ]
    assert [offer["amount"] for offer in gamma["offers"]] == [price["amount"] for price in detail["prices"]]
    (licence,) = (fact for fact in gamma["facts"] if fact["field"] == "licence")
    assert licence["source"]["as_of"] == "2026-11-01"


def test_evaluations_come_with_scores_and_failures(client: Client, catalogue: Run) -> None:
    rows = lines(client, "evaluations.ndjson")
    for row in rows:
        EvaluationLine.model_validate(row)
    assert len(rows) == Sample.objects.count() == 12
    (failed,) = (row for row in rows if row["image"] is None)
    assert failed["status"] == "filtered"
    assert failed["scores"][0]["value"] == 0


def test_a_secret_suite_is_not_exported(client: Client, catalogue: Run) -> None:
    Suite.objects.update(split=Suite.Split.ROTATING)
    assert lines(client, "evaluations.ndjson") == []


def test_hostile_text_stays_one_line(client: Client, catalogue: Run) -> None:
    nasty = 'back\\slash "quote" \n newline \t tab \x01\x02 \\. \u2028 <script> \\N ,'
    artifact = make_artifact("nasty", summary=nasty, name='"); DROP TABLE x; --', about="x" * 100_000)
    (row,) = (row for row in lines(client, "artifacts.ndjson") if row["slug"] == artifact.slug)
    assert row["summary"] == nasty
    assert len(row["about"]) == 100_000


def test_an_export_shows_one_moment(client: Client, catalogue: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PIECE_BYTES", 1)
    running = Stream(ARTIFACTS_EXPORT.statement())
    before = [next(running)]
    Artifact.objects.update(name="Renamed")
    make_artifact("too-late")
    rows = [json.loads(line) for line in b"".join([*before, *running]).splitlines()]
    running.close()
    assert len(rows) == 6
    assert "Renamed" not in {row["name"] for row in rows}


def test_only_so_many_run_at_once_and_a_reader_who_leaves_frees_the_place(
    client: Client, catalogue: Run
) -> None:
    running = [Stream(ARTIFACTS_EXPORT.statement()) for _ in range(stream.AT_ONCE)]
    with pytest.raises(BusyError):
        Stream(ARTIFACTS_EXPORT.statement())
    response = client.get(f"{API}/export/artifacts.ndjson")
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    running[0].close()
    assert len(lines(client, "artifacts.ndjson")) == 6
    for item in running:
        item.close()


def test_without_a_connection_left_an_export_says_when_to_come_back(client: Client, catalogue: Run) -> None:
    refused = psycopg.OperationalError("sorry, too many clients already")
    with mock.patch.object(psycopg, "connect", side_effect=refused):
        response = client.get(f"{API}/export/artifacts.parquet")
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_one_slow_reader_leaves_places_to_the_others(
    client: Client, catalogue: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PIECE_BYTES", 1)
    path = f"{API}/export/artifacts.ndjson"
    answers = [client.get(path, REMOTE_ADDR="192.0.2.7") for _ in range(stream.OF_ONE + 1)]
    assert [answer.status_code for answer in answers] == [200, 200, 503]
    other = client.get(path, REMOTE_ADDR="192.0.2.8")
    answers[0].close()
    again = client.get(path, REMOTE_ADDR="192.0.2.7")
    for answer in [*answers, other, again]:
        answer.close()
    assert (other.status_code, again.status_code) == (200, 200)


def test_an_export_cannot_write(catalogue: Run) -> None:
    with one_moment() as own, pytest.raises(Exception, match="read-only transaction"):
        own.execute("DELETE FROM catalog_artifact")


def test_exports_are_compressed_on_the_way(client: Client, catalogue: Run) -> None:
    plain = client.get(f"{API}/export/artifacts.ndjson").getvalue()
    packed = client.get(f"{API}/export/artifacts.ndjson", headers={"accept-encoding": "gzip"})
    assert gzip.decompress(packed.getvalue()) == plain


def test_zstandard_is_taken_before_gzip_and_only_where_it_is_wanted(client: Client, catalogue: Run) -> None:
    plain = client.get(f"{API}/export/ranks.ndjson")
    packed = client.get(f"{API}/export/ranks.ndjson", headers={"accept-encoding": "gzip, zstd"})
    assert packed["Content-Encoding"] == "zstd"
    assert packed["ETag"] == f"W/{plain['ETag']}"
    assert "Accept-Encoding" in packed["Vary"]
    assert zstd.decompress(packed.getvalue()) == plain.getvalue()
    for refused in ("gzip, zstd;q=0", "gzip, zstandard"):
        answer = client.get(f"{API}/export/ranks.ndjson", headers={"accept-encoding": refused})
        assert answer["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("name", ["artifacts", "evaluations"])
def test_parquet_holds_what_the_lines_hold(
    client: Client, catalogue: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("web.export.parquet.ROW_GROUP_ROWS", 2)
    content = client.get(f"{API}/export/{name}.parquet").getvalue()
    table = read_parquet(BytesIO(content)).read_all()
    rows = lines(client, f"{name}.ndjson")
    assert [str(column) for column in table.column_names] == list(rows[0])
    key = {"artifacts": "slug", "evaluations": "sample"}[name]
    assert table[key].to_pylist() == [row[key] for row in rows]
    nested = {"artifacts": "capabilities", "evaluations": "scores"}[name]
    assert table[nested].to_pylist() == [row[nested] for row in rows]
    if name == "artifacts":
        stated = [fact["value"] for facts in table["facts"].to_pylist() for fact in facts]
        assert [json.loads(value) for value in stated] == [
            fact["value"] for row in rows for fact in row["facts"]
        ]


def test_parquet_that_nobody_reads_on_ends_and_frees_its_place(catalogue: Run) -> None:
    columns = as_parquet(ArtifactLine)
    for _ in range(stream.AT_ONCE + 1):
        running = Stream(ARTIFACTS_EXPORT.statement(is_for_columns=True), form=columns)
        assert next(running)[:4] == b"PAR1"
        running.close()
    assert "parquet" not in {thread.name for thread in threading.enumerate()}


def test_lines_that_fail_fail_the_parquet() -> None:
    def torn() -> Iterator[bytes]:
        yield b'{"slug": '
        raise OSError("cut off")

    with pytest.raises(OSError, match="cut off"):
        list(parquet(torn(), schema=arrow_schema(ArtifactLine)))
    with pytest.raises(Exception, match="Json error"):
        list(parquet(iter([b"{}\n"]), schema=arrow_schema(ArtifactLine)))


def test_an_export_goes_on_behind_a_line_of_the_same_snapshot(client: Client, catalogue: Run) -> None:
    whole = client.get(f"{API}/export/artifacts.ndjson")
    rows = [json.loads(line) for line in whole.getvalue().splitlines()]
    rest = f"{API}/export/artifacts.ndjson?after={rows[2]['slug']}&snapshot="
    gone_on = client.get(rest + whole["X-Snapshot"]).getvalue()
    assert [json.loads(line) for line in gone_on.splitlines()] == rows[3:]
    other = client.get(rest + "0" * 64)
    assert other.status_code == 409
    assert whole["X-Snapshot"] in json.loads(other.content)["detail"]
    samples = lines(client, "evaluations.ndjson")
    behind = client.get(f"{API}/export/evaluations.ndjson?after={samples[6]['sample']}").getvalue()
    assert [json.loads(line) for line in behind.splitlines()] == samples[7:]
    assert client.get(f"{API}/export/artifacts.ndjson?after=nobody").status_code == 404


def test_ranks_can_be_recomputed_from_what_the_api_gives(client: Client, catalogue: Run) -> None:
    formula = client.get(f"{API}/export/formula.json")
    inputs = client.get(f"{API}/export/inputs.ndjson")
    digest = hashlib.sha256(formula.getvalue() + inputs.getvalue()).hexdigest()
    assert formula["X-Snapshot"] == digest
    again = client.get(f"{API}/export/ranks.ndjson", headers={"if-none-match": formula["ETag"]})
    assert again.status_code == 304
    since = {"if-modified-since": formula["Last-Modified"]}
    assert client.get(f"{API}/export/ranks.ndjson", headers=since).status_code == 304


def test_nothing_published_is_said(client: Client, db: None) -> None:
    assert client.get(f"{API}/export/ranks.ndjson").status_code == 404
    assert client.get(f"{API}/export/artifacts.ndjson").getvalue() == b""
    with pytest.raises(CommandError, match="run compute_rank first"):
        call_command("dump")
    dump_site()
    assert latest_dump() is None

"""Everything at once: the same as the pages, of one moment, in constant memory, and reproducible."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from catalog.models import Artifact
from evaluation.models import Run, Sample, Suite
from ranking.compute.verify import verify
from tests.builders import make_artifact
from web.api.schemas.exports import ArtifactLine, EvaluationLine
from web.export import stream
from web.export.dumps import dumps_folder
from web.export.statements import ARTIFACTS_EXPORT
from web.export.stream import BusyError, Stream, one_moment

# Exports read on connections of their own, so what they read has to be committed.
pytestmark = pytest.mark.django_db(transaction=True)
API = "/api/v1"


def lines(client: Client, name: str) -> list[Any]:
    response = client.get(f"{API}/export/{name}")
    assert response.status_code == 200
    return [json.loads(line) for line in response.getvalue().splitlines()]


@pytest.fixture
def _dumps(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    yield
    shutil.rmtree(tmp_path, ignore_errors=True)


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
    running = Stream(ARTIFACTS_EXPORT)
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
    running = [Stream(ARTIFACTS_EXPORT) for _ in range(stream.AT_ONCE)]
    with pytest.raises(BusyError):
        Stream(ARTIFACTS_EXPORT)
    response = client.get(f"{API}/export/artifacts.ndjson")
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    running[0].close()
    assert len(lines(client, "artifacts.ndjson")) == 6
    for item in running:
        item.close()


def test_an_export_cannot_write(catalogue: Run) -> None:
    with one_moment() as own, pytest.raises(Exception, match="read-only transaction"):
        own.execute("DELETE FROM catalog_artifact")


def test_exports_are_compressed_on_the_way(client: Client, catalogue: Run) -> None:
    plain = client.get(f"{API}/export/artifacts.ndjson").getvalue()
    packed = client.get(f"{API}/export/artifacts.ndjson", headers={"accept-encoding": "gzip"})
    assert gzip.decompress(packed.getvalue()) == plain


def test_ranks_can_be_recomputed_from_what_the_api_gives(client: Client, catalogue: Run) -> None:
    formula = client.get(f"{API}/export/formula.json")
    inputs = client.get(f"{API}/export/inputs.ndjson")
    digest = hashlib.sha256(formula.getvalue() + inputs.getvalue()).hexdigest()
    assert formula["X-Snapshot"] == digest
    again = client.get(f"{API}/export/ranks.ndjson", headers={"if-none-match": formula["ETag"]})
    assert again.status_code == 304
    since = {"if-modified-since": formula["Last-Modified"]}
    assert client.get(f"{API}/export/ranks.ndjson", headers=since).status_code == 304


@pytest.mark.usefixtures("_dumps")
def test_a_dump_holds_everything_and_verifies(client: Client, catalogue: Run, tmp_path: Path) -> None:
    assert client.get(f"{API}/export/manifest.json").status_code == 404
    assert client.get(f"{API}/export/dump/ranks.ndjson").status_code == 404
    call_command("dump")
    manifest = json.loads(client.get(f"{API}/export/manifest.json").content)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name, file in manifest["files"].items():
        response = client.get(f"{API}/export/dump/{name}")
        content = response.getvalue()
        (copy / name).write_bytes(content)
        assert hashlib.sha256(content).hexdigest() == file["sha256"], name
        assert response["ETag"] == f'"{file["sha256"]}"'
        assert content.count(b"\n") == file["lines"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    assert verify(copy).digest == manifest["snapshot"]
    assert set(manifest["schemas"]) == {"artifacts.ndjson", "evaluations.ndjson"}


@pytest.mark.usefixtures("_dumps")
def test_old_dumps_go_and_half_ones_are_never_served(client: Client, catalogue: Run) -> None:
    for _ in range(3):
        call_command("dump", "--keep", "1")
    (dumps_folder() / "99990101T000000-half").mkdir()
    assert len(list(dumps_folder().glob("*/manifest.json"))) == 1
    for name in ("../secret_key", "..%2Fsecret_key", "manifest.json", "%00"):
        assert client.get(f"{API}/export/dump/{name}").status_code in {404, 422}
    with pytest.raises(CommandError, match="at least 1"):
        call_command("dump", "--keep", "0")


def test_nothing_published_is_said(client: Client, db: None) -> None:
    assert client.get(f"{API}/export/ranks.ndjson").status_code == 404
    assert client.get(f"{API}/export/artifacts.ndjson").getvalue() == b""
    with pytest.raises(CommandError, match="run compute_rank first"):
        call_command("dump")

"""Dumps: whole, verified, kept for a while, and fetched in parts."""

import gzip
import hashlib
import json
import os
from io import BytesIO
from pathlib import Path

import pytest
from arro3.io import read_parquet
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from evaluation.models import Run
from ranking.compute.verify import verify
from web.api.ranges import UnsatisfiableError, asked_span
from web.export.dumps import dumps_folder, latest_dump
from web.export.formats import zstd
from web.tasks import dump_site

# Dumps read on connections of their own, so what they read has to be committed.
pytestmark = pytest.mark.django_db(transaction=True)
EXPORT = "/api/v1/export"


@pytest.fixture(autouse=True)
def _one_kept(settings: Settings, tmp_path: Path) -> None:
    settings.DUMPS_DIR = tmp_path / "dumps"
    settings.DUMPS_KEPT = 1


def test_a_dump_holds_everything_in_every_form_and_verifies(
    client: Client, catalogue: Run, tmp_path: Path
) -> None:
    assert client.get(f"{EXPORT}/manifest.json").status_code == 404
    dump_site()
    manifest = json.loads(client.get(f"{EXPORT}/manifest.json").content)
    place = f"{EXPORT}/dumps/{manifest['name']}"
    copy = tmp_path / "copy"
    copy.mkdir()
    for name, file in manifest["files"].items():
        response = client.get(f"{place}/{name}")
        content = response.getvalue()
        (copy / name).write_bytes(content)
        assert hashlib.sha256(content).hexdigest() == file["sha256"], name
        assert response["ETag"] == f'"{file["sha256"]}"'
        assert len(content) == file["bytes"]
        lines = {".gz": gzip.decompress, ".zst": zstd.decompress}.get(Path(name).suffix, bytes)(content)
        if name.endswith(".parquet"):
            assert read_parquet(BytesIO(content)).read_all().num_rows == file["lines"]
        else:
            assert lines.count(b"\n") == file["lines"]
            assert lines == (copy / name.removesuffix(".gz").removesuffix(".zst")).read_bytes()
    (copy / "manifest.json").write_text(json.dumps(manifest))
    assert verify(copy).digest == manifest["snapshot"]
    assert set(manifest["schemas"]) == {"artifacts.ndjson", "evaluations.ndjson"}
    assert len(manifest["files"]) == 15


def test_a_download_goes_on_where_it_was_cut_off(client: Client, catalogue: Run) -> None:
    dump_site()
    dump = latest_dump()
    assert dump is not None
    address = f"{EXPORT}/dumps/{dump.name}/artifacts.ndjson"
    whole = client.get(address, headers={"accept-encoding": "gzip, zstd"})
    content = whole.getvalue()
    assert whole["Accept-Ranges"] == "bytes"
    assert "Content-Encoding" not in whole
    rest = {"range": "bytes=100-", "if-range": whole["ETag"]}
    part = client.get(address, headers=rest)
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes 100-{len(content) - 1}/{len(content)}"
    assert content[:100] + part.getvalue() == content
    other = client.get(address, headers={**rest, "if-range": '"another"'})
    assert other.status_code == 200
    assert other.getvalue() == content
    beyond = client.get(address, headers={"range": f"bytes={len(content)}-"})
    assert beyond.status_code == 416
    assert beyond["Content-Range"] == f"bytes */{len(content)}"
    changed = client.get(address, headers={"if-match": '"another"'})
    assert changed.status_code == 412


def test_what_is_begun_from_a_dump_that_has_gone_begins_again(client: Client, catalogue: Run) -> None:
    dump_site()
    (first,) = json.loads(client.get(f"{EXPORT}/dumps").content)["items"]
    dump_site()
    (second,) = json.loads(client.get(f"{EXPORT}/dumps").content)["items"]
    for path in ("manifest.json", "artifacts.ndjson"):
        gone = client.get(f"{EXPORT}/dumps/{first['name']}/{path}", headers={"range": "bytes=1-"})
        assert gone.status_code == 410
        assert second["name"] in json.loads(gone.content)["detail"]
    assert client.get(f"{EXPORT}/dumps/{second['name']}/artifacts.ndjson").getvalue().count(b"\n") == 6
    later = second["name"].replace("20", "99", 1)
    assert client.get(f"{EXPORT}/dumps/{later}/manifest.json").status_code == 404


def test_the_unnamed_address_says_that_it_goes_and_what_comes_after_it(
    client: Client, catalogue: Run
) -> None:
    dump_site()
    old = client.get(f"{EXPORT}/dump/ranks.ndjson")
    assert old.getvalue().count(b"\n") == 5
    assert old["Deprecation"] == "@1795219200"
    assert old["Sunset"] == "Tue, 30 Nov 2027 00:00:00 GMT"
    successor, *policy = old["Link"].split(", ")
    assert successor == f'<{EXPORT}/dumps>; rel="successor-version"'
    assert client.get(f"{EXPORT}/dumps").status_code == 200
    docs = client.get("/api/v1/docs").content.decode()
    for link in policy:
        path, _, anchor = link.partition(">")[0].strip("<").partition("#")
        assert path == "/api/v1/docs"
        assert f'id="{anchor}"' in docs
    document = client.get("/api/v1/openapi.json").json()
    assert document["paths"]["/api/v1/export/dump/{file}"]["get"]["deprecated"] is True
    assert "Deprecation" not in client.get(f"{EXPORT}/manifest.json")


def test_old_dumps_go_and_half_ones_are_never_served(client: Client, catalogue: Run) -> None:
    for _ in range(2):
        call_command("dump", "--keep", "1")
    (dumps_folder() / "99990101T000000-half").mkdir()
    killed = dumps_folder() / "of-a-killed-process.part"
    killed.mkdir()
    os.utime(killed, (0, 0))
    call_command("dump")
    assert not killed.exists()
    assert len(list(dumps_folder().glob("*/manifest.json"))) == 1
    dump = latest_dump()
    assert dump is not None
    for name in ("../secret_key", "..%2Fsecret_key", "manifest.jsonx", "%00", "formula.json.gz"):
        for place in ("dump", f"dumps/{dump.name}"):
            assert client.get(f"{EXPORT}/{place}/{name}").status_code in {404, 422}
    with pytest.raises(CommandError, match="at least 1"):
        call_command("dump", "--keep", "0")


def test_an_operator_may_want_none(settings: Settings, catalogue: Run) -> None:
    settings.DUMPS_KEPT = 0
    dump_site()
    assert latest_dump() is None


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-4", (0, 4)),
        ("bytes=4-999", (4, 9)),
        ("bytes=-4", (6, 9)),
        ("bytes=-99", (0, 9)),
        ("bytes=9-9", (9, 9)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-4", None),
        ("lines=0-4", None),
        ("bytes=0-1, 4-5", None),
        ("bytes=\u0664-", None),
    ],
)
def test_one_range_is_read_and_the_rest_left_alone(header: str, span: tuple[int, int] | None) -> None:
    found = asked_span(header, size=10)
    assert (found and (found.first, found.last)) == span


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=-0"])
def test_a_range_behind_the_end_is_no_range(header: str) -> None:
    with pytest.raises(UnsatisfiableError):
        asked_span(header, size=10)

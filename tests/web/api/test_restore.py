"""A dump put into an empty site gives the same ranks bit for bit, or nothing at all."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model
from pytest_django import Settings

from catalog.models import Artifact, Category, Fact, Publisher, SourceRecord
from evaluation.models import Run
from ranking.compute.export_format import FORMULA, INPUTS, RANKS
from ranking.models import CurrentSnapshot, Formula, RankSnapshot
from web.export.dumps import Dump, latest_dump, write_dump
from web.export.formats import PACKED

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dump(catalogue: Run, settings: Settings, tmp_path: Path) -> Iterator[Dump]:
    settings.DUMPS_DIR = tmp_path / "dumps"
    yield write_dump(keep=5)
    shutil.rmtree(tmp_path, ignore_errors=True)


def empty_site() -> None:
    in_order: tuple[type[Model], ...] = (
        *(CurrentSnapshot, RankSnapshot, Formula, Run, Artifact),
        *(SourceRecord, Publisher, Category),
    )
    for model in in_order:
        model._default_manager.all().delete()


def listed(folder: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (folder / "artifacts.ndjson").read_bytes().splitlines()]
    for row in rows:
        del row["updated_at"]
        for part in (*row["offers"], *row["facts"]):
            del part["source"]["record"]
    return rows


def test_an_empty_site_gets_the_same_ranks_bit_for_bit(dump: Dump) -> None:
    empty_site()
    call_command("import_dump", str(dump.folder))
    again = write_dump(keep=5)
    assert again.folder != dump.folder
    for name in (FORMULA, INPUTS, RANKS):
        assert (again.folder / name).read_bytes() == (dump.folder / name).read_bytes()
    assert again.manifest["snapshot"] == dump.manifest["snapshot"]
    assert listed(again.folder) == listed(dump.folder)
    assert Fact.objects.filter(is_winning=True).count() == 3


@pytest.mark.parametrize("ending", [".zst", ".gz"])
def test_packed_files_are_as_good_and_nothing_is_believed_of_them(dump: Dump, ending: str) -> None:
    for path in dump.folder.glob("*.ndjson*"):
        if path.suffix != ending:
            path.unlink()
    packed = dump.folder / f"inputs.ndjson{ending}"
    content = packed.read_bytes()
    empty_site()
    for broken in (content[:-9], next(PACKED[ending]([b"x" * 1_000_000]))):
        packed.write_bytes(broken)
        with pytest.raises(CommandError, match=f"inputs.ndjson{ending} (cannot be unpacked|holds more)"):
            call_command("import_dump", str(dump.folder))
    packed.write_bytes(content)
    call_command("import_dump", str(dump.folder))
    again = write_dump(keep=5)
    assert again.manifest["snapshot"] == dump.manifest["snapshot"]
    assert again.manifest["files"]["ranks.ndjson"] == dump.manifest["files"]["ranks.ndjson"]


def test_a_site_with_artifacts_is_left_alone(dump: Dump) -> None:
    with pytest.raises(CommandError, match="into an empty one"):
        call_command("import_dump", str(dump.folder))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("artifacts.ndjson", b'"gamma"', b'"gemma"', "SHA-256 differs"),
        ("ranks.ndjson", b'"gamma"', b'"gemma"', "SHA-256 differs"),
        ("inputs.ndjson", b"1000", b"9999", "SHA-256 differs"),
        ("manifest.json", b'"schema_version": 2', b'"schema_version": 9', "schema version 9"),
    ],
)
def test_a_dump_that_does_not_hold_writes_nothing(
    dump: Dump, file: str, old: bytes, new: bytes, message: str
) -> None:
    path = dump.folder / file
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    empty_site()
    with pytest.raises(CommandError, match=message):
        call_command("import_dump", str(dump.folder))
    assert not Artifact.objects.exists()
    assert not RankSnapshot.objects.exists()


def test_a_line_from_a_later_program_is_refused_whole(dump: Dump) -> None:
    path = dump.folder / "artifacts.ndjson"
    path.write_bytes(path.read_bytes().replace(b'"aliases":', b'"nicknames":', 1))
    manifest = json.loads((dump.folder / "manifest.json").read_bytes())
    manifest["files"]["artifacts.ndjson"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (dump.folder / "manifest.json").write_text(json.dumps(manifest))
    empty_site()
    with pytest.raises(CommandError, match="does not fit this program"):
        call_command("import_dump", str(dump.folder))
    assert not Artifact.objects.exists()
    assert latest_dump() is not None

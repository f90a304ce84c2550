"""A site comes back from its backup, whole; a damaged backup changes nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Artifact
from evaluation.images import image_name
from evaluation.models import Sample
from ranking.models import CurrentSnapshot, RankEntry
from ranking.services.publish import compute_rank
from tests.builders import make_adoption, make_artifact
from tests.web.measured import make_run, make_suite

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def backup(settings: Settings, tmp_path: Path) -> Path:
    """A backup of a site with a measured, ranked artifact, whose storage holds nothing else."""
    own = settings.STORAGES["default"] | {"OPTIONS": {"location": str(tmp_path / "own-media")}}
    settings.STORAGES = settings.STORAGES | {"default": own}
    artifact = make_artifact()
    make_adoption(artifact)
    make_run(
        artifact, make_suite(), [0.0, 0.5, 1.0, None, 1.0, 0.2]
    )  # one picture twice; each with its thumbnail
    compute_rank(as_of=timezone.localdate())
    folder = tmp_path / "backup"
    call_command("backup", folder)
    return folder


@pytest.fixture
def new_site(settings: Settings, tmp_path: Path, backup: Path) -> Iterator[None]:
    """Another, empty database and another storage."""
    name = connection.settings_dict["NAME"]
    other = f"{name}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {other}")
        cursor.execute(f"CREATE DATABASE {other} TEMPLATE template0")
    storage = settings.STORAGES["default"] | {"OPTIONS": {"location": str(tmp_path / "media")}}
    settings.STORAGES = settings.STORAGES | {"default": storage}
    _point_at(other)
    yield
    _point_at(name)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {other}")


def _point_at(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name


def test_a_new_site_has_the_same_ranks_and_pictures(
    new_site: None, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    promised = json.loads((backup / "manifest.json").read_text())
    call_command("restore", backup)
    assert "Restored and verified 1 artifacts, 6 samples, 8 files" in capsys.readouterr().out
    assert CurrentSnapshot.objects.get().snapshot.digest == promised["snapshot"]
    assert Artifact.objects.get().rank_score == RankEntry.objects.get().score
    for digest in Sample.objects.exclude(image_digest="").values_list("image_digest", flat=True):
        assert default_storage.exists(image_name(digest))


def test_a_site_with_data_is_never_written_over(backup: Path) -> None:
    with pytest.raises(CommandError, match="the database is not empty"):
        call_command("restore", backup)


def test_a_folder_with_something_in_it_is_never_written_into(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(CommandError, match="is not empty"):
        call_command("backup", tmp_path)


def _cut_the_dump(folder: Path) -> None:
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-100])


def _lose_a_picture(folder: Path) -> None:
    next((folder / "files").rglob("*.png")).unlink()


def _lose_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _point_outside(folder: Path) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"files": {"../../outside.png": "0" * 64}}))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_cut_the_dump, "database.dump is damaged"),
        (_lose_a_picture, "is missing"),
        (_lose_the_manifest, "not a backup"),
        (_point_outside, "points out of the folder"),
    ],
)
def test_a_damaged_backup_is_refused_before_anything_is_written(
    new_site: None, backup: Path, harm: object, said: str
) -> None:
    assert callable(harm)
    harm(backup)
    with pytest.raises(CommandError, match=said):
        call_command("restore", backup)
    assert connection.introspection.table_names() == []

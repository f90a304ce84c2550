"""The export reproduces to the last milli-point without the site, and no change goes unseen."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings

from ranking.compute.canonical import (
    canonical_line,
    inputs_from_json,
    plain,
    signal_from_json,
    snapshot_digest,
)
from ranking.compute.export_format import FORMULA, INPUTS, MANIFEST, RANKS, Place, rank_record
from ranking.compute.formula import CURRENT_VERSION, parse_formula, read_definition
from ranking.compute.positions import Position
from ranking.compute.records import ArtifactInputs, SignalInput
from ranking.compute.score import score_artifact
from ranking.compute.verify import VerificationError, verify
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact, make_link, make_reported_result
from tests.conftest import CHECKOUT
from tests.ranking.test_score import inputs


@pytest.fixture
def exported(db: None, tmp_path: Path) -> Path:
    for slug, likes in (("alpha", 900), ("beta", 900), ("gamma", 3), ("a-0", 77)):
        artifact = make_artifact(slug)
        make_adoption(artifact, "likes", likes)
        make_reported_result(artifact, "0.6633")
    make_link(make_artifact("empty", kind="library", is_demonstration=True))
    compute_rank(as_of=TODAY)
    call_command("export", str(tmp_path / "out"))
    return tmp_path / "out"


def test_the_published_ranks_are_reproduced_in_a_process_without_django(exported: Path) -> None:
    program = (
        "import sys; sys.modules.update(django=None, psycopg=None)\n"
        "from ranking.compute.__main__ import main; sys.exit(main(['verify', sys.argv[1]]))"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    done = subprocess.run(
        [sys.executable, "-c", program, str(exported)],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"5 of 5 ranks recomputed and equal; formula {CURRENT_VERSION}, snapshot ")


def test_the_digest_is_that_of_two_files_one_after_the_other(exported: Path) -> None:
    both = (exported / FORMULA).read_bytes() + (exported / INPUTS).read_bytes()
    manifest = json.loads((exported / MANIFEST).read_bytes())
    assert manifest["snapshot"] == hashlib.sha256(both).hexdigest() == verify(exported).digest
    assert manifest["n_artifacts"] == manifest["files"][INPUTS]["lines"] == 5
    assert manifest["licence"] == "CC-BY-4.0"
    slugs = [json.loads(line)["slug"] for line in (exported / RANKS).read_bytes().splitlines()]
    assert slugs == sorted(slugs)


def test_the_same_snapshot_is_exported_as_the_same_bytes(exported: Path, tmp_path: Path) -> None:
    call_command("export", str(tmp_path / "again"))
    for name in (FORMULA, INPUTS, RANKS, MANIFEST):
        assert (tmp_path / "again" / name).read_bytes() == (exported / name).read_bytes()
    assert not list(exported.glob("*.part"))


def test_an_empty_catalogue_can_be_exported_and_verified(db: None, tmp_path: Path) -> None:
    compute_rank(as_of=TODAY)
    call_command("export", str(tmp_path))
    assert verify(tmp_path).n_artifacts == 0


def test_there_must_be_something_to_export(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="run compute_rank first"):
        call_command("export", str(tmp_path))
    with pytest.raises(VerificationError, match=r"manifest.json cannot be read"):
        verify(tmp_path)


def more_points(lines: list[dict[str, Any]]) -> None:
    lines[0]["score"] += 1


def wider(lines: list[dict[str, Any]]) -> None:
    lines[0]["high"] += 1


def better_place(lines: list[dict[str, Any]]) -> None:
    lines[-1]["position"] = 1


def moved_points(lines: list[dict[str, Any]]) -> None:
    lines[1]["components"][0]["points"] += 1
    lines[1]["components"][1]["points"] -= 1


def dropped(lines: list[dict[str, Any]]) -> None:
    del lines[-1]


def renamed(lines: list[dict[str, Any]]) -> None:
    lines[2]["slug"] = "impostor"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (more_points, r"a-0: the inputs give \d+ milli-points, the export says \d+"),
        (wider, "a-0: the score agrees, but its interval or its parts do not"),
        (moved_points, "alpha: the score agrees, but its interval or its parts do not"),
        (better_place, r"gamma is said to be 1 \(.+\) of 4, but is 4 \(.+\) of 4"),
        (dropped, "differ in length: only one has line 5"),
        (renamed, "names impostor where inputs.ndjson names beta"),
    ],
)
def test_changed_ranks_are_found(
    exported: Path, change: Callable[[list[dict[str, Any]]], None], message: str
) -> None:
    """Whoever changes ranks can also write a fitting manifest; the recomputation is not misled."""
    rewrite(exported, RANKS, change)
    with pytest.raises(VerificationError, match=f"{RANKS} is not the file"):
        verify(exported)
    forge_manifest(exported)
    with pytest.raises(VerificationError, match=message):
        verify(exported)


def test_changed_inputs_are_another_snapshot(exported: Path) -> None:
    def more_likes(lines: list[dict[str, Any]]) -> None:
        lines[1]["signals"][-2]["value"] = 10**6

    rewrite(exported, INPUTS, more_likes)
    forge_manifest(exported)
    with pytest.raises(VerificationError, match="formula and inputs give snapshot"):
        verify(exported)


def test_broken_files_are_named(exported: Path) -> None:
    (exported / INPUTS).write_bytes(b"{not json\n")
    forge_manifest(exported, with_snapshot=True)
    with pytest.raises(VerificationError, match="line 1 is not JSON"):
        verify(exported)
    (exported / FORMULA).write_bytes(b"{}\n")
    forge_manifest(exported, with_snapshot=True)
    with pytest.raises(VerificationError, match=r"formula.json is no formula"):
        verify(exported)
    (exported / MANIFEST).write_bytes(b'{"schema_version": 99}')
    with pytest.raises(VerificationError, match="schema version 99; this program reads 2"):
        verify(exported)


@settings(max_examples=300)
@given(inputs())
def test_records_come_back_from_json_as_they_were(artifact: ArtifactInputs) -> None:
    raw = json.loads(canonical_line(plain(artifact)))
    assert inputs_from_json(raw) == artifact
    assert snapshot_digest(read_definition(), [inputs_from_json(raw)]) == snapshot_digest(
        read_definition(), [artifact]
    )


def rewrite(folder: Path, name: str, change: Callable[[list[dict[str, Any]]], None]) -> None:
    lines = [json.loads(line) for line in (folder / name).read_bytes().splitlines()]
    change(lines)
    (folder / name).write_bytes(b"".join(canonical_line(line) for line in lines))


def forge_manifest(folder: Path, *, with_snapshot: bool = False) -> None:
    manifest = json.loads((folder / MANIFEST).read_bytes())
    for name in (FORMULA, INPUTS, RANKS):
        manifest["files"][name]["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    if with_snapshot:
        both = (folder / FORMULA).read_bytes() + (folder / INPUTS).read_bytes()
        manifest["snapshot"] = hashlib.sha256(both).hexdigest()
    (folder / MANIFEST).write_bytes(canonical_line(manifest))


def test_what_joined_later_leaves_the_names_of_earlier_snapshots() -> None:
    """A signal as the first formula knew it has the bytes that it had then."""
    before = {"as_of": None, "detail": "", "name": "likes", "sd": None, "source": "", "source_url": ""}
    raw = {**before, "trials": None, "value": 5}
    assert plain(SignalInput("likes", 5)) == raw
    assert plain(SignalInput("likes", 5, doubt=0.5)) == {**raw, "doubt": 0.5}
    assert signal_from_json(raw) == SignalInput("likes", 5)


def test_an_export_of_the_first_formula_is_still_reproduced(tmp_path: Path) -> None:
    definition = read_definition("1")
    signals = (SignalInput("connected_publishers", 3), SignalInput("measured_suites", 0.5, sd=0.1))
    artifact = ArtifactInputs("painter", "model", signals)
    result = score_artifact(artifact, formula=parse_formula(definition))
    lines = {
        FORMULA: canonical_line(definition),
        INPUTS: canonical_line(plain(artifact)),
        RANKS: canonical_line(rank_record(result, place=Place(Position(1, 1, 1, 1), is_demonstration=False))),
    }
    for name, line in lines.items():
        (tmp_path / name).write_bytes(line)
    manifest = {
        "schema_version": 2,
        "snapshot": hashlib.sha256(lines[FORMULA] + lines[INPUTS]).hexdigest(),
        "n_artifacts": 1,
        "files": {name: {"sha256": hashlib.sha256(line).hexdigest()} for name, line in lines.items()},
    }
    (tmp_path / MANIFEST).write_bytes(canonical_line(manifest))
    assert verify(tmp_path).formula_version == "1"
    # Worked out by hand: 12 points at the quarter and the half of the way from 0.50 to 0.75, 20 at a half.
    points = {s.name: s.points for c in result.components for s in c.signals}
    assert (points["measured_suites"], points["likes"]) == (10_000, 1_000)

"""Runs travel between sites as folders: what comes back is the same, and a hostile folder changes nothing."""

import hashlib
import json
import shutil
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from PIL import Image

from evaluation.models import Observation, Recipe, Run, Sample, Score
from evaluation.scorers.registry import SCORERS
from evaluation.services.import_run import import_run
from evaluation.services.plan import plan_run
from tests.evaluation.builders import STAR, finish, make_painter, make_suite

pytestmark = pytest.mark.django_db
FIVE = [STAR | {"background": colour} for colour in ("yellow", "blue", "green", "black", "gray")]


def evaluate(*args: str) -> str:
    out = StringIO()
    call_command("evaluate", *args, stdout=out)
    return out.getvalue()


def stored_files() -> set[Path]:
    return {path for path in Path(default_storage.path("")).rglob("*") if path.is_file()}


def forget(run: Run) -> None:
    """Let this be a site that has neither the run nor its pictures."""
    Recipe.objects.filter(pk=run.recipe_id).delete()
    shutil.rmtree(default_storage.path(""))


@pytest.fixture
def exported(tmp_path: Path, settings: Any) -> Path:
    """Return the folder of a run with failures, which this site has then forgotten."""
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": str(tmp_path / "media")}}
    }
    run = finish(plan_run(make_painter(rates={"error": 0.3}), make_suite(FIVE)))
    evaluate("--export", str(run.pk), str(tmp_path / "run"))
    forget(run)
    return tmp_path / "run"


def headline(run: Run) -> tuple[float | None, int]:
    row = run.aggregates.get(metric="all_correct", stratum="")
    return row.mean, row.n_failed


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    run = finish(plan_run(make_painter(rates={"error": 0.3}), make_suite(FIVE)))
    before = (
        headline(run),
        set(run.samples.values_list("prompt__key", "k", "status", "reason", "image_digest", "ended_at")),
        set(Score.objects.values_list("sample__prompt__key", "sample__k", "metric", "value", "reason")),
    )
    folder = tmp_path / "run"
    assert "10 samples" in evaluate("--export", str(run.pk), str(folder))
    forget(run)
    assert "10 samples imported" in evaluate("--import", str(folder))
    back = Run.objects.get()
    assert (back.state, back.origin) == (Run.State.FINISHED, f"Unfragile, run {run.pk}")
    after = (
        headline(back),
        set(back.samples.values_list("prompt__key", "k", "status", "reason", "image_digest", "ended_at")),
        set(Score.objects.values_list("sample__prompt__key", "sample__k", "metric", "value", "reason")),
    )
    assert after == before
    assert "nothing changed" in evaluate("--import", str(folder))
    assert (Run.objects.count(), Sample.objects.count()) == (1, 10)


def test_only_finished_runs_are_exported_and_only_into_new_folders(tmp_path: Path) -> None:
    run = plan_run(make_painter(), make_suite(FIVE))
    for args, words in [
        ((str(run.pk), "x"), "only finished runs"),
        (("999", "x"), "no run 999"),
        (("one", "x"), "not the number of a run"),
    ]:
        with pytest.raises(CommandError, match=words):
            evaluate("--export", args[0], str(tmp_path / args[1]))
    finish(run)
    with pytest.raises(CommandError, match="exists already"):
        evaluate("--export", str(run.pk), str(tmp_path))
    assert not list(tmp_path.iterdir())


def rewrite_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def rewrite_lines(folder: Path, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a table's rows, and let the manifest describe the changed file rightly."""
    rows = [json.loads(line) for line in (folder / name).read_text().splitlines()]
    for row in rows:
        change(row)
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    (folder / name).write_bytes(content)
    entry = {"sha256": hashlib.sha256(content).hexdigest(), "n_bytes": len(content)}
    rewrite_manifest(folder, lambda manifest: manifest["files"].update({name: entry}))


def plant_picture(folder: Path, content: bytes) -> None:
    """Let the first picture be these bytes everywhere."""
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"images/{digest[:2]}/{digest}.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    entry = {"sha256": digest, "n_bytes": len(content)}
    rewrite_manifest(
        folder, lambda manifest: manifest["files"].update({f"images/{digest[:2]}/{digest}.png": entry})
    )
    rewrite_lines(folder, "samples.ndjson", lambda row: row["image"] and row.update(image=digest))


def png(width: int, height: int) -> bytes:
    buffer = BytesIO()
    Image.new("1", (width, height)).save(buffer, format="PNG")
    return buffer.getvalue()


def link_away(folder: Path) -> None:
    picture = next(folder.rglob("*.png"))
    target = folder.parent / "elsewhere.png"
    picture.rename(target)
    picture.symlink_to(target)


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a path out of the folder": (
        lambda f: rewrite_manifest(
            f, lambda m: m["files"].update({"../secret": {"sha256": "0" * 64, "n_bytes": 1}})
        ),
        "which is no file of an exported run",
    ),
    "an absolute path": (
        lambda f: rewrite_manifest(
            f, lambda m: m["files"].update({"/etc/passwd": {"sha256": "0" * 64, "n_bytes": 1}})
        ),
        "which is no file of an exported run",
    ),
    "a link": (link_away, "is no plain file"),
    "a changed picture": (lambda f: next(f.rglob("*.png")).write_bytes(b"other"), "is not the file that"),
    "a changed table": (lambda f: (f / "observations.ndjson").write_bytes(b"{}"), "is not the file that"),
    "no picture at all": (lambda f: plant_picture(f, b"GIF89a"), "not a picture that can be decoded"),
    "a bomb": (lambda f: plant_picture(f, png(20_000, 20_000)), "too large|bomb"),
    "another size": (lambda f: plant_picture(f, png(97, 96)), "the picture is 97 × 96"),
    "a foreign prompt": (
        lambda f: rewrite_lines(f, "samples.ndjson", lambda row: row.update(prompt_digest="0" * 64)),
        "no such prompt",
    ),
    "a chosen seed": (
        lambda f: rewrite_lines(f, "samples.ndjson", lambda row: row.update(seed=row["seed"] + 1)),
        "not the seed that the suite gives",
    ),
    "another recipe": (
        lambda f: rewrite_manifest(f, lambda m: m["run"]["recipe"]["spec"].update(steps=99)),
        "not the one of its digest",
    ),
    "unknown fields": (
        lambda f: rewrite_lines(f, "samples.ndjson", lambda row: row.update(is_admin=True)),
        "samples.ndjson, line 1: is_admin",
    ),
    "a sample twice": (
        lambda f: rewrite_lines(f, "samples.ndjson", lambda row: row.update(prompt="prompt-0", k=0)),
        "10 different samples",
    ),
    "a later schema": (lambda f: rewrite_manifest(f, lambda m: m.update(schema_version=2)), "schema_version"),
    "an unknown suite": (
        lambda f: rewrite_manifest(f, lambda m: m["run"].update(suite_digest="0" * 64)),
        "no suite 'small-suite'",
    ),
    "an unknown artifact": (
        lambda f: rewrite_manifest(f, lambda m: m["run"].update(artifact="nobody")),
        "no artifact 'nobody'",
    ),
    "no manifest": (lambda f: (f / "manifest.json").unlink(), "manifest.json is missing"),
    "a zero byte": (
        lambda f: rewrite_lines(f, "observations.ndjson", lambda row: row.update(content={"a": "\x00"})),
        "the database refuses it",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_folder_is_one_clear_line_and_changes_nothing(name: str, exported: Path) -> None:
    spoil, words = HOSTILE[name]
    spoil(exported)
    before = stored_files()
    with pytest.raises(CommandError, match=words) as caught:
        evaluate("--import", str(exported))
    assert "\n" not in str(caught.value)
    assert not Run.objects.exists()
    assert not Sample.objects.exists()
    assert stored_files() == before


def test_a_run_that_is_here_with_other_pictures_is_refused(exported: Path) -> None:
    imported = import_run(exported)
    Sample.objects.filter(run_id=imported.run_id, status="ok").update(image_digest="f" * 64)
    with pytest.raises(CommandError, match="is here already, with other pictures"):
        evaluate("--import", str(exported))


def test_a_new_scorer_version_scores_what_is_stored_without_a_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = finish(plan_run(make_painter(), make_suite(FIVE)))
    old = set(Score.objects.values_list("pk", flat=True))
    present = SCORERS["adherence"]
    newer = type(present)(**{**vars(present), "version": "next"})
    monkeypatch.setitem(SCORERS, "adherence", newer)
    shutil.rmtree(default_storage.path("images"))
    n_observations = Observation.objects.count()
    out = StringIO()
    call_command("rescore", "--scorer", "adherence", stdout=out)
    assert "10 samples of 1 runs scored" in out.getvalue()
    assert old < set(Score.objects.values_list("pk", flat=True))
    assert len(Score.objects.all()) == 2 * len(old)
    assert Observation.objects.count() == n_observations
    versions = run.aggregates.filter(metric="all_correct", stratum="").values_list("scorer_version", "mean")
    assert {version.split("/")[0] for version, _ in versions} == {present.version, "next"}
    call_command("rescore", stdout=out)
    assert "0 samples of 1 runs scored" in out.getvalue()
    with pytest.raises(CommandError, match="unknown scorer 'beauty'"):
        call_command("rescore", "--scorer", "beauty")

"""The commands: what they print, and one clear line where they cannot run."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from matchgraph import tasks
from matchgraph.embedders.export_minilm import ExportError
from matchgraph.management.commands import build_matchgraph
from matchgraph.models import CapabilityEmbedding
from matchgraph.services import build
from tests.builders import make_artifact, make_capability
from tests.matchgraph.conftest import CountingEmbedder

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str) -> str:
    output = StringIO()
    call_command(name, *arguments, stdout=output)
    return output.getvalue()


def test_building_says_what_it_did(embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_matchgraph, "ensured_embedder", lambda: embedder)
    make_capability(make_artifact("painter"), "Inpainting")
    assert "1 capabilities (1 embedded), 1 intents (1 embedded), 1 edges (1 changed)" in run(
        "build_matchgraph"
    )
    assert "1 capabilities (0 embedded), 1 intents (0 embedded), 1 edges (0 changed)" in run(
        "build_matchgraph"
    )


def test_the_task_builds_too(embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "configured_embedder", lambda: embedder)
    make_capability(make_artifact("painter"), "Inpainting")
    tasks.build_matchgraph()
    assert CapabilityEmbedding.objects.count() == 1


def test_an_encoder_that_cannot_be_made_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ExportError("the sentence encoder needs onnx")

    monkeypatch.setattr(build_matchgraph, "ensured_embedder", missing)
    with pytest.raises(CommandError, match="the sentence encoder needs onnx"):
        run("build_matchgraph")


def test_measuring_prints_each_method_and_type(embedder: CountingEmbedder, tmp_path: Path) -> None:
    (tmp_path / "needs.yaml").write_text("erase: {says: things taken out, answers: {painter: 3}}\n")
    (tmp_path / "intents.yaml").write_text(
        "- {text: remove people, type: task, voice: any, need: erase}\n"
        "- {text: take people out, type: terse, voice: shop, need: erase}\n"
        "- {text: tax return, type: none, voice: any, answers: {}}\n"
    )
    (tmp_path / "pool.txt").write_text("# looked at\npainter\n")
    with pytest.raises(CommandError, match="run manage"):
        run("evaluate_search", "--folder", str(tmp_path))
    make_capability(make_artifact("painter"), "Inpainting", description="Removes people from photos.")
    build.build_matchgraph(embedder)
    printed = run("evaluate_search", "--folder", str(tmp_path))
    assert "2 intents with answers, of 1 families" in printed
    rows = ("full text only", "vectors only", "hybrid with feedback", "above full text only")
    assert all(row in printed for row in (*rows, "type task: 1", "type terse: 1", "nDCG@10"))
    assert "of 1 intents without answers" in printed


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"intents\.yaml is not there"):
        run("evaluate_search", "--folder", str(tmp_path))

"""Suites: the committed files follow from the grammar, and load whole, once, or not at all."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from evaluation.models import Prompt, Suite
from evaluation.seeds import sample_seed
from evaluation.services.suites import load_suites
from evaluation.suites.build import prompts_text
from evaluation.suites.read import SuiteError, read_suites

FOLDERS = sorted(path.parent for path in settings.SUITES_DIR.glob("*/suite.toml"))
FIRST_LINES = 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A suite of three prompts that a test may spoil."""
    target = tmp_path / "tiny-anatomy"
    target.mkdir()
    shutil.copy(settings.SUITES_DIR / "tiny-anatomy" / "suite.toml", target)
    lines = (settings.SUITES_DIR / "tiny-anatomy" / "prompts.jsonl").read_text().splitlines()[:FIRST_LINES]
    (target / "prompts.jsonl").write_text("\n".join(lines) + "\n")
    return target


def change(folder: Path, line: int, **fields: Any) -> None:
    path = folder / "prompts.jsonl"
    lines = path.read_text().splitlines()
    lines[line - 1] = json.dumps(json.loads(lines[line - 1]) | fields)
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("suite", FOLDERS, ids=lambda path: path.name)
def test_committed_prompts_are_what_the_grammar_writes(suite: Path) -> None:
    assert (suite / "prompts.jsonl").read_text(encoding="utf-8") == prompts_text(suite)


@pytest.mark.parametrize("suite", FOLDERS, ids=lambda path: path.name)
def test_suites_are_large_enough_and_spread_over_strata(suite: Path) -> None:
    (file,) = read_suites(suite)
    assert len(file.prompts) >= 36
    assert len({prompt.family for prompt in file.prompts}) >= 18
    assert len({prompt.text for prompt in file.prompts}) == len(file.prompts)
    n_strata = len({prompt.stratum for prompt in file.prompts})
    assert len({prompt.stratum for prompt in file.prompts[:8]}) >= min(4, n_strata)


def test_seeds_are_fixed_and_fit_63_bits() -> None:
    seed = sample_seed("anatomy", "hand-5-1", 0)
    assert seed == 2733132523744818894
    assert seed != sample_seed("anatomy", "hand-5-1", 1)
    assert 0 <= seed < 2**63


@pytest.mark.django_db
def test_loading_twice_changes_nothing() -> None:
    assert len(load_suites(settings.SUITES_DIR).created) == len(FOLDERS)
    before = list(Prompt.objects.values_list("pk", "digest"))
    report = load_suites(settings.SUITES_DIR)
    assert (len(report.created), len(report.unchanged)) == (0, len(FOLDERS))
    assert list(Prompt.objects.values_list("pk", "digest")) == before


@pytest.mark.django_db
def test_a_changed_prompt_needs_a_new_version(folder: Path) -> None:
    load_suites(folder)
    change(folder, 2, text="a hand with no fingers at all")
    with pytest.raises(SuiteError, match=r"tiny-anatomy: version 1 is already loaded .* needs a new version"):
        load_suites(folder)
    header = folder / "suite.toml"
    header.write_text(header.read_text().replace('version = "1"', 'version = "2"'))
    load_suites(folder)
    assert list(Suite.objects.order_by("version").values_list("version", "is_current")) == [
        ("1", False),
        ("2", True),
    ]


@pytest.mark.django_db
def test_new_words_about_a_suite_need_no_new_version(folder: Path) -> None:
    load_suites(folder)
    header = folder / "suite.toml"
    header.write_text(header.read_text().replace('name = "Anatomy, demonstration"', 'name = "Bodies"'))
    load_suites(folder)
    assert Suite.objects.get().name == "Bodies"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"key": "Hand 5"}, r"prompts.jsonl:2: key: .*not a slug"),
        ({"key": "hand-1-1"}, r"prompts.jsonl:2: key: 'hand-1-1' is already on line 1"),
        ({"difficulty": 9}, r"prompts.jsonl:2: difficulty: "),
        (
            {"spec": {"objects": [{"shape": "cube", "colour": "red"}]}},
            r"prompts.jsonl:2: spec: .*unknown shape: 'cube'",
        ),
        ({"spec": {"things": []}}, r"prompts.jsonl:2: spec: .*unknown key: 'things'"),
        ({"colour": "red"}, r"prompts.jsonl:2: colour: Extra inputs"),
        ({"text": ""}, r"prompts.jsonl:2: text: "),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(folder: Path, fields: dict[str, Any], words: str) -> None:
    change(folder, 2, **fields)
    with pytest.raises(SuiteError, match=words):
        load_suites(folder)
    assert not Suite.objects.exists()


def test_a_file_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    shutil.copytree(settings.SUITES_DIR / "showcase", tmp_path / "showcase")
    path = tmp_path / "showcase" / "prompts.jsonl"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]))
    with pytest.raises(
        SuiteError, match=r"prompts.jsonl: stratum '\w+' has \d+ prompts, suite.toml declares"
    ):
        read_suites(tmp_path)


@pytest.mark.django_db
def test_one_bad_suite_keeps_the_others_out(folder: Path) -> None:
    shutil.copytree(settings.SUITES_DIR / "tiny-text-rendering", folder.parent / "tiny-text-rendering")
    (folder.parent / "tiny-text-rendering" / "prompts.jsonl").write_text("{broken\n")
    with pytest.raises(CommandError, match=r"prompts.jsonl:1: not JSON"):
        call_command("load_suites", str(folder.parent))
    assert not Suite.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('scorer = "anatomy"', 'scorer = "beauty"', "suite.toml: scorer: .*unknown scorer 'beauty'"),
        (
            'slug = "tiny-anatomy"',
            'slug = "tiny-bodies"',
            "suite.toml: slug: 'tiny-bodies' is not the folder's name",
        ),
        ('tier = "demonstration"', 'tier = "standard"', "slug of a demonstration suite, and of no other"),
        ('measures = "anatomy"', 'measures = "beauty"', "suite.toml: measures: "),
        ("seeds_per_prompt = 2", "seeds_per_prompt = 0", "suite.toml: seeds_per_prompt: "),
        ('version = "1"', "version = ", "suite.toml: not TOML"),
    ],
)
def test_a_bad_header_is_named(folder: Path, old: str, new: str, words: str) -> None:
    header = folder / "suite.toml"
    header.write_text(header.read_text().replace(old, new))
    with pytest.raises(SuiteError, match=words):
        load_suites(folder)


def test_an_empty_folder_is_no_suite(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="no suite here"):
        read_suites(tmp_path)

"""Reads suite folders; what is wrong is named with its file, line and field."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from evaluation.suites.schema import PromptEntry, SuiteFile, SuiteHeader

HEADER_FILE: Final = "suite.toml"
PROMPTS_FILE: Final = "prompts.jsonl"


class SuiteError(Exception):
    """A suite that cannot be loaded; the message is one line with file and line number."""


def read_suites(root: Path) -> list[SuiteFile]:
    """Read ``root`` where it is a suite itself, else every suite folder in it, in order of name.

    Raises:
        SuiteError: for the first thing that is wrong.
    """
    if (root / HEADER_FILE).is_file():
        return [read_suite(root)]
    folders = sorted(path.parent for path in root.glob(f"*/{HEADER_FILE}"))
    if not folders:
        raise SuiteError(f"{root}: no suite here (a suite is a folder with {HEADER_FILE})")
    return [read_suite(folder) for folder in folders]


def read_header(folder: Path) -> SuiteHeader:
    """Read and check a suite's ``suite.toml``."""
    path = folder / HEADER_FILE
    try:
        return SuiteHeader.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise SuiteError(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        raise SuiteError(f"{path}: {_first_problem(error)}") from error


def read_suite(folder: Path) -> SuiteFile:
    """Read and check one suite folder."""
    header = read_header(folder)
    if header.slug != folder.name:
        raise SuiteError(f"{folder / HEADER_FILE}: slug: {header.slug!r} is not the folder's name")
    path = folder / PROMPTS_FILE
    if not path.is_file():
        raise SuiteError(f"{path}: missing")
    prompts: list[PromptEntry] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        prompt = _read_prompt(line, where=f"{path}:{number}")
        if prompt.split != "public":
            raise SuiteError(f"{path}:{number}: split: a file is public; rotating prompts are never in one")
        if prompt.key in first_line:
            raise SuiteError(
                f"{path}:{number}: key: {prompt.key!r} is already on line {first_line[prompt.key]}"
            )
        first_line[prompt.key] = number
        prompts.append(prompt)
    if not prompts:
        raise SuiteError(f"{path}: no prompts")
    _check_strata(header, prompts, where=path)
    return SuiteFile(header, tuple(prompts))


def _check_strata(header: SuiteHeader, prompts: list[PromptEntry], *, where: Path) -> None:
    """Refuse a file that was cut short, or that holds other prompts than its header declares."""
    found = Counter(prompt.stratum for prompt in prompts)
    for stratum in sorted({*header.strata, *found} if header.strata else ()):
        declared = header.strata.get(stratum, 0)
        if found[stratum] != declared:
            raise SuiteError(
                f"{where}: stratum {stratum!r} has {found[stratum]} prompts, {HEADER_FILE} declares {declared}"
            )


def _read_prompt(line: str, *, where: str) -> PromptEntry:
    try:
        return PromptEntry.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise SuiteError(f"{where}: not JSON: {error}") from error
    except ValidationError as error:
        raise SuiteError(f"{where}: {_first_problem(error)}") from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in problem["loc"]) or "entry"
    return f"{field}: {problem['msg']}"

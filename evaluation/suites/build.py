"""Writes the prompts of every suite that names a grammar: ``python -m evaluation.suites.build``.

The same grammar and seed give the same bytes, so a test can hold the committed files to it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from evaluation.suites.grammar import write_prompts
from evaluation.suites.read import HEADER_FILE, PROMPTS_FILE, read_header
from evaluation.suites.world.write import is_world, write_world

SUITES_DIR = Path(__file__).resolve().parents[2] / "data" / "suites"


def prompts_text(folder: Path) -> str | None:
    """Return what a suite's ``prompts.jsonl`` must contain; None for a suite without a grammar."""
    grammar = read_header(folder).grammar
    if grammar is None:
        return None
    prompts = write_world(grammar.name, str(grammar.seed)) if is_world(grammar) else write_prompts(grammar)
    entries = (prompt.model_dump(mode="json") for prompt in prompts)
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)


def main() -> None:
    """Write every suite's prompts beside its header."""
    for header in sorted(SUITES_DIR.glob(f"*/{HEADER_FILE}")):
        if text := prompts_text(header.parent):
            (header.parent / PROMPTS_FILE).write_text(text, encoding="utf-8")
            sys.stdout.write(f"{header.parent.name}: {text.count(chr(10))} prompts\n")


if __name__ == "__main__":
    main()

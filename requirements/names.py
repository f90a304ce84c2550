"""Print what ``pyproject.toml`` asks for: the base dependencies and those of the extras that are named.

The project itself is not installed, it runs from its checkout; so this stands in for
``pip install ".[evaluation,embedded]"`` without building anything.

example: python requirements/names.py evaluation embedded > .venv/requirements.txt
"""

import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def main() -> None:
    """Print one requirement per line."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    extras = [name for extra in sys.argv[1:] for name in project["optional-dependencies"][extra]]
    sys.stdout.write("\n".join([*project["dependencies"], *extras]) + "\n")


if __name__ == "__main__":
    main()

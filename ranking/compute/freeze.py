"""Writes fitted points as a new version of the formula; a version that has its points is never touched."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ranking.compute.formula import FORMULAS, POINTS_SUFFIX

HEADER = """# The points of each signal, fitted so that every component decides what it is declared to.
# Written by `python -m ranking.compute fit EXPORT --freeze`; never edited.
"""


def freeze(
    points: Mapping[str, Mapping[str, float]],
    *,
    definition: dict[str, Any],
    fitted_to: Mapping[str, object],
    folder: Path = FORMULAS,
) -> Path:
    """Write points by profile and signal, and return the file.

    Where the version of ``definition`` has its points already, its declaration is copied to the next one.

    Args:
        points: points by profile, then by signal.
        definition: the definition that was fitted.
        fitted_to: what the fit rests on, as plain numbers and strings.
        folder: where the formulas stand.
    """
    version = definition["version"]
    if (folder / f"{version}{POINTS_SUFFIX}").exists():
        declaration = (folder / f"{version}.toml").read_text(encoding="utf-8")
        version = str(int(version) + 1)
        old, new = f'version = "{definition["version"]}"\n', f'version = "{version}"\n'
        with (folder / f"{version}.toml").open("x", encoding="utf-8") as file:
            file.write(declaration.replace(old, new, 1))
    lines = [HEADER, "[fit]", *(f"{key} = {_toml(value)}" for key, value in fitted_to.items())]
    for profile, by_signal in points.items():
        lines += ["", f"[points.{profile}]", *(f"{name} = {value:g}" for name, value in by_signal.items())]
    path = folder / f"{version}{POINTS_SUFFIX}"
    with path.open("x", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)

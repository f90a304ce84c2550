"""``python -m ranking.compute``: check an export of the rank, weigh or fit its components, without the site."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from ranking.compute.fit import fitted_points
from ranking.compute.freeze import freeze
from ranking.compute.verify import Export, VerificationError, read_export, rescored, verify
from ranking.compute.weights import effective_weights


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 where everything agrees, 1 where something does not."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "verify":
            lines: Iterable[str] = [str(verify(options.folder))]
        elif options.command == "weights":
            lines = _weights(read_export(options.folder))
        else:
            lines = _fit(read_export(options.folder), is_frozen=options.freeze)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    except VerificationError as error:
        sys.stderr.write(f"Not reproduced: {error}\n")
        return 1
    except (ValueError, OSError) as error:
        sys.stderr.write(f"Not fitted: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ranking.compute",
        description="Look into an export of the rank. Example: python -m ranking.compute verify export/",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for name, words in (
        ("verify", "recompute every rank of an export and compare"),
        ("weights", "print how much each component decides, beside what is declared"),
        ("fit", "find the points under which each component decides what is declared"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("folder", type=Path, metavar="DIR", help="what `manage.py export DIR` wrote")
    command.add_argument(
        "--freeze", action="store_true", help="write the points as a new version under ranking/formulas/"
    )
    return parser


def _weights(export: Export) -> Iterable[str]:
    for profile in export.formula.profiles:
        results = export.results.get(profile.name, [])
        yield f"{profile.name} ({len(results)} artifacts): points, declared, aim, effective, known"
        for weight in effective_weights(results, profile=profile):
            shares = (weight.declared, weight.aim, weight.effective, weight.known)
            mark = "" if weight.is_effective else "  outside a fifth of its aim"
            yield (
                f"  {weight.label:<14}{weight.points:>8.3f}"
                + "".join(f"{share:>8.1%}" for share in shares)
                + mark
            )


def _fit(export: Export, *, is_frozen: bool) -> Iterable[str]:
    """Fit each profile, say what comes of it, and write it where that is asked for."""
    points = {
        profile.name: fitted_points(profile, export.formula, export.results.get(profile.name, []))
        for profile in export.formula.profiles
    }
    fitted_to = {
        "snapshot": export.digest,
        **{
            f"n_{profile.name}": len(export.results.get(profile.name, ()))
            for profile in export.formula.profiles
        },
    }
    yield from _weights(rescored(export, {**export.definition, "fit": fitted_to, "points": points}))
    if is_frozen:
        path = freeze(points, definition=export.definition, fitted_to=fitted_to)
        yield f"frozen in {path}: a new version ranks from the next compute_rank on"


if __name__ == "__main__":
    sys.exit(main())

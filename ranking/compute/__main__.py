"""``python -m ranking.compute``: check an export of the rank, or weigh its components, without the site."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from ranking.compute.verify import VerificationError, ranks_by_profile, verify
from ranking.compute.weights import effective_weights


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 where everything agrees, 1 where something does not."""
    parser = argparse.ArgumentParser(
        prog="python -m ranking.compute",
        description="Look into an export of the rank. Example: python -m ranking.compute verify export/",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for name, words in (
        ("verify", "recompute every rank of an export and compare"),
        ("weights", "print how much each component decides, beside what is declared"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("folder", type=Path, metavar="DIR", help="what `manage.py export DIR` wrote")
    options = parser.parse_args(arguments)
    try:
        lines = [str(verify(options.folder))] if options.command == "verify" else _weights(options.folder)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    except VerificationError as error:
        sys.stderr.write(f"Not reproduced: {error}\n")
        return 1
    return 0


def _weights(folder: Path) -> Iterable[str]:
    for profile, results in ranks_by_profile(folder).items():
        yield f"{profile} ({len(results)} artifacts): declared, effective, known"
        for weight in effective_weights(results):
            shares = (weight.declared, weight.effective, weight.known)
            yield f"  {weight.label:<14}" + "".join(f"{share:>8.0%}" for share in shares)


if __name__ == "__main__":
    sys.exit(main())

"""``python -m ranking.compute verify DIR``: check an export of the rank without the site."""

import argparse
import sys
from pathlib import Path

from ranking.compute.verify import VerificationError, verify


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 where everything agrees, 1 where something does not."""
    parser = argparse.ArgumentParser(
        prog="python -m ranking.compute",
        description="Recompute the ranks of an export. Example: python -m ranking.compute verify export/",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    checking = commands.add_parser("verify", help="recompute every rank of an export and compare")
    checking.add_argument("folder", type=Path, metavar="DIR", help="what `manage.py export DIR` wrote")
    try:
        sys.stdout.write(f"{verify(parser.parse_args(arguments).folder)}\n")
    except VerificationError as error:
        sys.stderr.write(f"Not reproduced: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

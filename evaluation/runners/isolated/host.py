"""``python -m evaluation.runners.isolated.host``: confines itself, and only then imports what runs models.

A library that starts a thread when it is imported would keep the kernel from moving this process into a
network of its own.
"""

import sys

from evaluation.runners.isolated.confine import drop_privileges, leave_the_network
from evaluation.runners.isolated.limits import FETCH


def main() -> None:
    """Give up what a model does not need, then serve the worker."""
    only_fetch = FETCH in sys.argv
    drop_privileges()
    network = "open, to fetch weights" if only_fetch else _without_network()

    from evaluation.runners.isolated.serve import serve  # noqa: PLC0415 - once confined

    serve(network=network, only_fetch=only_fetch)


def _without_network() -> str:
    refused = leave_the_network()
    return f"open: the kernel says {refused.lower()}" if refused else "none"


if __name__ == "__main__":
    main()

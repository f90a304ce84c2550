"""``python -m evaluation.runners.isolated.host``: confines itself, says so, and only then imports what runs models.

``host [--fetch] [FOLDER]``: the folder is where the weights lie. A library that starts a thread when it is imported would keep the kernel from moving this process into a
network of its own.
"""

import sys
import tempfile

from evaluation.runners.isolated.confine import drop_privileges, hub_cache, leave_the_network
from evaluation.runners.isolated.limits import FETCH
from evaluation.runners.isolated.sandbox import keep_to_files, refuse_calls


def main() -> None:
    """Give up what a model does not need, then serve the worker."""
    only_fetch = FETCH in sys.argv
    drop_privileges()
    network = "open, to fetch weights" if only_fetch else _without_network()
    files = "open, to fetch weights" if only_fetch else _without_files()

    from evaluation.runners.isolated.serve import serve  # noqa: PLC0415 - once confined

    serve(confinement={"network": network, "files": files}, only_fetch=only_fetch)


def _without_network() -> str:
    """Leave the network if the kernel lets us, and give up sockets either way."""
    left, filtered = leave_the_network(), refuse_calls()
    if not left:
        return "none"
    return f"open: the kernel says {left.lower()}, and {filtered}" if filtered else "none: no sockets"


def _without_files() -> str:
    weights = [word for word in sys.argv[1:] if word != FETCH]
    refused = keep_to_files(readable=(*weights, hub_cache()), writable=(tempfile.gettempdir(),))
    return f"open: {refused}" if refused else "its own"


if __name__ == "__main__":
    main()

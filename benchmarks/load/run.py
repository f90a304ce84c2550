"""The run itself: calm traffic, then one fault after another, then a look at what is left."""

import argparse
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection

from benchmarks.load.fill import fill_site, subjects
from benchmarks.load.report import Fault, calm_table, failures, fault_table, memory_table, refusals
from benchmarks.load.site import Site, full_disk
from benchmarks.load.traffic import Traffic
from config.embedded import places
from evaluation.images import image_name
from evaluation.models import Sample
from matchgraph.models import Interaction, SearchEvent

WARM_UP_S = 10.0
FULL_FOR_S = 20.0
PATIENCE_S = 180.0


def run(folder: Path, asked: argparse.Namespace, *, host: str, may_be_filled: bool) -> None:
    """Fill, serve, measure, break, and print."""
    site = Site(folder, port=asked.port)
    try:
        site.start_servers()
        fill_site(places.database_url(folder), n_artifacts=asked.n)
        traffic = Traffic(site.serve(), subjects(host), users=asked.users, think_s=asked.think)
        connection.close()
        traffic.start()
        try:
            faults = _observed(site, traffic, asked, may_be_filled=may_be_filled)
            evaluation = _evaluation_goes_on(site, traffic)
        finally:
            traffic.stop()
        _print(site, traffic, faults, calm_s=asked.minutes * 60)
        print(*("", evaluation, *_losses(traffic)), sep="\n")
    finally:
        site.stop()


def _observed(site: Site, traffic: Traffic, asked: argparse.Namespace, *, may_be_filled: bool) -> list[Fault]:
    """Let time pass, in calm and then with faults; return these."""
    site.watch(WARM_UP_S, now=traffic.now)
    print(f"calm for {asked.minutes:g} minutes", flush=True)
    site.watch(asked.minutes * 60, now=traffic.now)
    kinds: list[tuple[str, Callable[[], None] | None]] = [
        ("PostgreSQL restarted", lambda: site.end("postgres", signal.SIGINT)),
        ("broker killed", lambda: site.end("valkey", signal.SIGKILL)),
        ("worker killed", lambda: site.end("worker", signal.SIGKILL)),
    ]
    if may_be_filled:
        kinds.append((f"disk full for {FULL_FOR_S:g} s", None))
    return [_broken(site, traffic, name, strike, after_s=asked.fault_s) for name, strike in kinds]


def _broken(
    site: Site, traffic: Traffic, name: str, strike: Callable[[], None] | None, *, after_s: float
) -> Fault:
    """Break something, or fill the disk where there is nothing to break, and watch what comes of it."""
    print(name, flush=True)
    began, before = traffic.now(), site.made()
    with full_disk(site.data_dir) if strike is None else nullcontext():
        if strike is None:
            print(f"  {shutil.disk_usage(site.data_dir).free:,} bytes are free", flush=True)
            site.watch(FULL_FOR_S, now=traffic.now)
        else:
            strike()
    mended = traffic.now()
    site.watch(after_s, now=traffic.now)
    return Fault(name, began, mended, before, site.made())


def _evaluation_goes_on(site: Site, traffic: Traffic) -> str:
    """Wait for the next picture after all that was broken, and say how long that took."""
    began, before = traffic.now(), site.made()
    while site.made() == before:
        if traffic.now() - began > PATIENCE_S:
            return f"no picture came in the {PATIENCE_S:g} s after the last table's end"
        site.watch(1.0, now=traffic.now)
    return f"the next picture came {traffic.now() - began:.0f} s after the last table's end"


def _print(site: Site, traffic: Traffic, faults: list[Fault], *, calm_s: float) -> None:
    end = faults[0].began
    calm = [
        answer for answer in traffic.answers if answer.at >= WARM_UP_S and answer.at + answer.seconds < end
    ]
    memory = {
        name: [point for point in series if WARM_UP_S <= point[0] < WARM_UP_S + calm_s]
        for name, series in site.memory.items()
    }
    print(*("", *calm_table(calm, seconds=calm_s)), sep="\n")
    print(f"\nRefused for a reason of theirs: {refusals(calm)}\n")
    print(*memory_table(memory), sep="\n")
    print(*("", *fault_table(faults, traffic.answers)), sep="\n")
    print(*("", *failures(traffic.answers)), sep="\n")


def _losses(traffic: Traffic) -> Iterator[str]:
    """Yield whether anything that the site had said yes to is gone."""
    kept = Interaction.objects.filter(kind=Interaction.Kind.SELECT)
    found = set(kept.values_list("impression__event", "impression__artifact__slug"))
    searches = set(SearchEvent.objects.values_list("pk", flat=True))
    lost = {vote: at for vote, at in traffic.votes.items() if (UUID(vote[0]), vote[1]) not in found}
    yield f"votes taken {len(traffic.votes):,}, of these not in the database {len(lost)}"
    for (event, slug), at in lost.items():
        yield f"  at {at:.1f} s on {slug}, its search {'is' if UUID(event) in searches else 'is not'} there"
    pictures = Sample.objects.exclude(image_digest="").values_list("image_digest", flat=True).distinct()
    missing = [digest for digest in pictures if not default_storage.exists(image_name(digest))]
    yield f"pictures recorded {len(pictures):,}, of these without a file {len(missing)}"
    by_status = {status: Sample.objects.filter(status=status).count() for status in Sample.Status.values}
    yield f"samples: {', '.join(f'{n} {status}' for status, n in by_status.items() if n)}"

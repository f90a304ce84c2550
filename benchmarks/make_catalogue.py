"""``python -m benchmarks.make_catalogue [N]``: a made-up catalogue of N artifacts (100,000) for load tests.

Counts, ages, prices and how much is known follow what real registries look like: a few artifacts have
nearly all downloads (a power law), most have no price, many no licence, a few hundred publishers most of
the work. The same N and seed give the same rows. It writes into the configured database, which must hold
no artifact yet; ``make_catalogue(N)`` does the same from another benchmark or test.
"""

import datetime as dt
import math
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import django

DEFAULT_ARTIFACTS = 100_000
BATCH = 2_000
TODAY = dt.date(2026, 11, 1)
FIRST_DAY = dt.date(2022, 3, 2)
# What one finds of each kind in registries of image models, in parts of a hundred.
KINDS = {
    "finetune": 46,
    "extension": 26,
    "model": 14,
    "library": 5,
    "repository": 4,
    "webapp": 2,
    "dataset": 3,
}
LICENCES = {"": 34, "Apache-2.0": 18, "MIT": 12, "LicenseRef-CreativeML-OpenRAIL-M": 16, "GPL-3.0": 5,
            "LicenseRef-CreativeML-OpenRAIL-PlusPlus-M": 10, "CC-BY-NC-4.0": 5}  # fmt: skip
SUBJECTS = (
    "portraits",
    "landscapes",
    "product photos",
    "comics",
    "icons",
    "floor plans",
    "textures",
    "logos",
)
TASKS = ("text to image", "inpainting", "upscaling", "pose control", "style transfer", "relighting")
STYLES = ("watercolour", "photographic", "flat", "anime", "oil", "pencil", "isometric", "low poly")


def pick(rng: random.Random, shares: dict[str, int]) -> str:
    """Return one key, as often as its share says."""
    return rng.choices(list(shares), weights=list(shares.values()))[0]


def downloads(rng: random.Random) -> int:
    """Return downloads in 30 days: a Pareto tail of shape 0.7, so that one in a thousand has most of them.

    >>> downloads(random.Random(1)) >= 0
    True
    """
    return int(min(3.0 * rng.paretovariate(0.7), 5_000_000.0)) - 3


def likes_of(rng: random.Random, n_downloads: int) -> int:
    """Return likes: about the square root of the downloads, within a factor of a few."""
    return int(math.sqrt(n_downloads) * rng.lognormvariate(-0.5, 0.8))


def released(rng: random.Random) -> dt.date:
    """Return a day of release; there are more young artifacts than old ones."""
    days = (TODAY - FIRST_DAY).days
    return FIRST_DAY + dt.timedelta(days=int(days * math.sqrt(rng.random())))


def artifact_fields(rng: random.Random, number: int) -> dict[str, Any]:
    """Return the columns of one artifact."""
    subject, task, style = rng.choice(SUBJECTS), rng.choice(TASKS), rng.choice(STYLES)
    kind, licence = pick(rng, KINDS), pick(rng, LICENCES)
    day = released(rng)
    is_model = kind in {"model", "finetune"}
    return {
        "slug": f"made-{number:06d}",
        "name": f"{style} {subject} {number}".title(),
        "kind": kind,
        "summary": f"Made-up {kind} for {task} of {subject} in a {style} look.",
        "about": f"Stands here so that pages and search can be measured with many rows: {task}, {subject}.",
        "inputs": ["text"],
        "outputs": ["image"],
        "openness": "open-weights" if is_model else "open-source",
        "licence_id": licence,
        "licence_name": licence,
        "parameter_count": int(rng.lognormvariate(21.5, 0.9)) if is_model and rng.random() < 0.6 else None,
        "released_on": day,
        "last_activity_on": min(TODAY, day + dt.timedelta(days=int(rng.expovariate(1 / 120)))),
        "hub_id": f"made/{number:06d}" if is_model else "",
    }


def capability_fields(rng: random.Random, position: int) -> dict[str, Any]:
    """Return the columns of one capability."""
    task, subject, style = rng.choice(TASKS), rng.choice(SUBJECTS), rng.choice(STYLES)
    return {
        "position": position,
        "name": f"{task.capitalize()} {position}",
        "description": f"Does {task} for {subject} in a {style} look.",
        "input_types": ["text"],
        "output_types": ["image"],
        "intents": [f"{style} {subject} by {task}"],
        "confidence": rng.choice(["high", "medium", "low"]),
        "origin": "curated",
    }


def make_catalogue(n: int = DEFAULT_ARTIFACTS, *, seed: int = 7) -> Iterator[int]:
    """Write ``n`` artifacts with capabilities, counts, prices and ties; yield how many there are so far.

    Raises:
        RuntimeError: the database holds artifacts already.
    """
    from catalog.models import Artifact, Publisher, SourceRecord  # noqa: PLC0415 - Django is set up by now

    if Artifact.objects.exists():
        message = "the database holds artifacts already: make an empty one"
        raise RuntimeError(message)
    rng = random.Random(seed)  # noqa: S311 - made-up rows, not secrets
    publishers = Publisher.objects.bulk_create(
        Publisher(slug=f"maker-{number}", name=f"Maker {number}") for number in range(max(n // 40, 1))
    )
    source = SourceRecord.objects.create(
        kind="registry", name="Made up", url="https://example.org/made", observed_on=TODAY
    )
    # Publishers follow a power law too: the first have hundreds of artifacts, most have one.
    weights = [1 / (rank + 1) for rank in range(len(publishers))]
    for start in range(0, n, BATCH):
        numbers = range(start, min(start + BATCH, n))
        owners = rng.choices(publishers, weights=weights, k=len(numbers))
        rows = Artifact.objects.bulk_create(
            Artifact(publisher=owner, **artifact_fields(rng, number))
            for number, owner in zip(numbers, owners, strict=True)
        )
        _write_parts(rows, source, rng)
        yield numbers[-1] + 1


def _write_parts(rows: Sequence[Any], source: Any, rng: random.Random) -> None:
    from catalog.models import AdoptionSignal, Capability, Offer, Relation  # noqa: PLC0415 - as above

    capabilities, signals, offers, ties = [], [], [], []
    for place, row in enumerate(rows):
        capabilities += [
            Capability(artifact=row, **capability_fields(rng, position))
            for position in range(rng.choice([1, 1, 2, 3, 3, 4, 8]))
        ]
        n_downloads = downloads(rng)
        for metric, value in (("downloads_30d", n_downloads), ("likes", likes_of(rng, n_downloads))):
            signals.append(
                AdoptionSignal(artifact=row, source=source, metric=metric, value=value, observed_on=TODAY)
            )
        if rng.random() < 0.06:
            price = f"{rng.lognormvariate(-3.4, 0.8):.4f}"
            offers.append(
                Offer(
                    artifact=row,
                    kind="hosted",
                    provider=f"Host {rng.randrange(12)}",
                    plan="Pay per image",
                    unit="image",
                    amount=price,
                    source=source,
                    as_of=TODAY,
                )
            )
        if row.kind in {"finetune", "extension"} and place:
            kind = "finetuned-from" if row.kind == "finetune" else "runs"
            # The older an artifact of the batch, the more is built on it.
            target = rows[int(place * rng.random() ** 3)]
            ties.append(Relation(artifact=row, target=target, type=kind))
    Capability.objects.bulk_create(capabilities, batch_size=5_000)
    AdoptionSignal.objects.bulk_create(signals, batch_size=5_000)
    Offer.objects.bulk_create(offers, batch_size=5_000)
    Relation.objects.bulk_create(ties, batch_size=5_000)


def main() -> None:
    """Fill the configured database and say how long it took."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_ARTIFACTS
    django.setup()
    began = time.perf_counter()
    for done in make_catalogue(n):
        print(f"\r{done:,} of {n:,} artifacts", end="", flush=True)
    # Kilobytes on Linux.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{time.perf_counter() - began:.0f} s, at most {peak:.0f} MB of memory")
    for table, rows, size in table_sizes():
        print(f"{table}: {rows:,} rows, {size / 1e6:.0f} MB with indexes")


def table_sizes() -> list[tuple[str, int, int]]:
    """Return name, exact number of rows and bytes with indexes of every table that has rows, largest first."""
    from django.apps import apps  # noqa: PLC0415 - as above
    from django.db import connection  # noqa: PLC0415 - as above

    found = []
    with connection.cursor() as cursor:
        for model in apps.get_app_config("catalog").get_models():
            if rows := model._default_manager.count():
                cursor.execute("SELECT pg_total_relation_size(%s)", [model._meta.db_table])
                found.append((model._meta.db_table, rows, cursor.fetchone()[0]))
    return sorted(found, key=lambda table: -table[2])


if __name__ == "__main__":
    main()

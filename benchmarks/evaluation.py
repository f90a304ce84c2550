"""``python -m benchmarks.evaluation``: what the machinery around a model costs, apart from the model.

Plans 100,000 samples; then, with a runner whose picture costs nothing, takes samples through claim, runner,
encoding, storage, record, reader dispatch and score, and subtracts nothing; then scores stored observations; then
measures how long a model that takes its time waits for us between two pictures.
PostgreSQL is this run's own and thrown away.
"""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

import django
import psutil
import torch

DATA_DIR = Path(tempfile.mkdtemp(prefix="unfragile-bench-"))
DATA_DIR.chmod(0o711)
os.environ |= {"DATA_DIR": str(DATA_DIR), "DJANGO_SETTINGS_MODULE": "config.settings.test"}
django.setup()

from django.core.management import call_command  # noqa: E402 - after the settings
from django.db import connection  # noqa: E402

from benchmarks.still import SIDE, StillSession, WaitingPipeline  # noqa: E402
from catalog.models import Artifact, Publisher  # noqa: E402
from config.embedded import places  # noqa: E402
from config.embedded.postgres import start_postgres  # noqa: E402
from evaluation.conf import chunk_size  # noqa: E402
from evaluation.models import Prompt, Recipe, Run, Score, Suite  # noqa: E402
from evaluation.runners.base import PromptSeed, RecipeSpec  # noqa: E402
from evaluation.runners.batches import as_image  # noqa: E402
from evaluation.runners.diffusers import DiffusersSession  # noqa: E402
from evaluation.runners.pipelines import Loaded  # noqa: E402
from evaluation.services import generate  # noqa: E402
from evaluation.services.plan import plan_run  # noqa: E402
from evaluation.services.read import read_run  # noqa: E402
from evaluation.services.recipes import recipe_spec, save_recipe  # noqa: E402
from evaluation.services.score import score_run  # noqa: E402
from evaluation.suites.spec import PromptSpec  # noqa: E402

PLANNED = 100_000
MADE = 96
FLOOR_PICTURES = 20
# What SDXL takes for a picture on a large GPU; 20 ms are 3 % of it.
MODEL_S = 2 / 3
WAITED = 64
SPEC = {"objects": [{"shape": "star", "colour": "red", "count": 1}]}
SEEN = {
    "shapes": {
        "background": "white",
        "shapes": [{"shape": "star", "colour": "red", "box": [0.2, 0.2, 0.6, 0.6]}],
    },
    "clip": {"caption": "a red star", "similarity": 0.5, "answers": []},
}


def make_suite(slug: str, n_prompts: int, *, seeds: int) -> Suite:
    """Make a suite of so many prompts."""
    suite = Suite.objects.create(
        slug=slug,
        version="1",
        name=slug,
        description="For a measurement.",
        licence="CC0-1.0",
        scorer="adherence",
        headline_metric="all_correct",
        seeds_per_prompt=seeds,
        digest=slug,
        is_current=True,
    )
    Prompt.objects.bulk_create(
        Prompt(
            suite=suite,
            key=f"prompt-{place}",
            position=place,
            family=f"family-{place % 97}",
            stratum="all",
            text=f"a red star number {place}",
            spec=SPEC,
            digest=f"{place}",
        )
        for place in range(n_prompts)
    )
    return suite


def make_recipe(slug: str) -> Recipe:
    """Make a recipe of the size that pictures have today."""
    publisher, _ = Publisher.objects.get_or_create(slug="bench", name="Bench")
    artifact = Artifact.objects.create(
        slug=slug, name=slug, publisher=publisher, kind="model", openness="open-weights"
    )
    return save_recipe(artifact, RecipeSpec("painter", "painter", "1", width=SIDE, height=SIDE))


@dataclass(frozen=True)
class Cost:
    """Seconds on the wall, and seconds that this process and its database session spent on a processor."""

    wall_s: float
    cpu_s: float

    def per(self, n: int) -> str:
        """Return both by piece."""
        return f"{self.wall_s / n * 1_000:.2f} ms ({self.cpu_s / n * 1_000:.2f} ms of processor)"


def timed(action: Callable[[], Any]) -> Cost:
    """Return what something costs. On a busy machine only the processor's time means anything."""
    connection.ensure_connection()
    session = psutil.Process(connection.connection.info.backend_pid)
    began, cpu = time.perf_counter(), _cpu_s(session)
    action()
    return Cost(time.perf_counter() - began, _cpu_s(session) - cpu)


def _cpu_s(session: psutil.Process) -> float:
    times = session.cpu_times()
    return time.process_time() + times.user + times.system


def until_done(step: Callable[[], int]) -> Callable[[], None]:
    """Return an action that repeats a step until nothing is left to do."""

    def repeat() -> None:
        while step():
            pass

    return repeat


def measure_planning() -> None:
    """Plan 100,000 samples of one run, then find that nothing is missing."""
    suite, recipe = make_suite("large", PLANNED // 4, seeds=4), make_recipe("planned")
    first = timed(lambda: plan_run(recipe, suite))
    again = timed(lambda: plan_run(recipe, suite))
    n_samples = Run.objects.get(recipe=recipe).samples.count()
    print(f"{n_samples:,} samples planned in {first.wall_s:.1f} s ({first.cpu_s:.1f} s of processor)")
    print(f"planned again, nothing missing: {again.wall_s:.1f} s ({again.cpu_s:.1f} s)")


def measure_machinery() -> None:
    """Take samples through the whole loop with a model and readers that cost nothing."""
    suite, recipe = make_suite("small", MADE // 2, seeds=2), make_recipe("made")
    run = plan_run(recipe, suite)
    costs = {"plan": timed(lambda: plan_run(make_recipe("other"), suite))}
    readers = mock.patch(
        "evaluation.services.read.load_reader", lambda name: lambda _image, _spec: SEEN[name]
    )
    sessions = mock.patch.object(generate.SESSIONS, "get", return_value=StillSession())
    with readers, sessions:
        costs["claim, encode, store, record"] = timed(until_done(lambda: generate.generate_samples(run.pk)))
        costs["dispatch to readers"] = timed(until_done(lambda: read_run(run.pk, limit=64)))
    costs["flags, scores, means"] = timed(lambda: score_run(run.pk))
    for name, cost in costs.items():
        print(f"  {name}: {cost.per(MADE)} a sample")
    whole = Cost(sum(c.wall_s for c in costs.values()), sum(c.cpu_s for c in costs.values()))
    floor = timed(save_plainly)
    print(f"{MADE} samples of {SIDE} x {SIDE}: {whole.per(MADE)} a sample")
    print(f"of that, what a plain loop spends on saving the same PNG: {floor.per(FLOOR_PICTURES)}")
    Score.objects.all().delete()
    again = timed(lambda: score_run(run.pk))
    print(f"scored again from observations: {MADE / again.wall_s:.0f} samples/s ({again.per(MADE)})")


def measure_delay() -> None:
    """Time between two calls of a pipeline: what our machinery lets a GPU wait, and what a plain loop does."""
    suite, recipe = make_suite("waited", WAITED, seeds=1), make_recipe("waiting")
    run, pipeline = plan_run(recipe, suite), WaitingPipeline(seconds=MODEL_S)
    session = DiffusersSession(recipe_spec(recipe), Loaded(pipeline, {}, "none"))
    with mock.patch.multiple(generate.SESSIONS, holds=lambda _digest: True, get=lambda *_args: session):
        cost = timed(until_done(lambda: generate.generate_samples(run.pk)))
    ours = gaps_ms(pipeline.calls)
    within = [gap for place, gap in enumerate(ours, start=1) if place % chunk_size()]
    between = [gap for place, gap in enumerate(ours, start=1) if not place % chunk_size()]
    print(f"a model that takes {MODEL_S * 1_000:.0f} ms waits between two pictures of {SIDE} x {SIDE}:")
    inside, chunk = statistics.mean(within), statistics.mean(between)
    print(f"  {inside:.1f} ms inside a chunk, {chunk:.0f} ms between chunks of {chunk_size()}:")
    print(f"  {inside + (chunk - inside) / chunk_size():.1f} ms a picture in a long run")
    print(f"  beside it {cost.cpu_s / WAITED * 1_000:.0f} ms of processor a sample")
    plain = WaitingPipeline(seconds=MODEL_S)
    for place in range(FLOOR_PICTURES):
        pixels = plain(generator=[torch.Generator("cpu").manual_seed(place)]).images[0]
        as_image(pixels).save(DATA_DIR / f"{place}.png")
    print(f"  in a plain loop that saves PNG: mean {statistics.mean(gaps_ms(plain.calls)):.1f} ms")


def gaps_ms(calls: list[tuple[float, float]]) -> list[float]:
    """Return the milliseconds from the end of each call to the beginning of the next.

    >>> gaps_ms([(0.0, 1.0), (1.5, 2.0)])
    [500.0]
    """
    return [(began - ended) * 1_000 for (_, ended), (began, _) in pairwise(calls)]


def save_plainly() -> None:
    """Save pictures as a loop without any of our machinery would, at the default compression."""
    prompts = [PromptSeed(place, "", 0, PromptSpec.from_dict(SPEC)) for place in range(FLOOR_PICTURES)]
    for result in StillSession().generate(prompts):
        if result.image:
            result.image.save(DATA_DIR / f"{result.sample_id}.png")


def main() -> None:
    """Start a server, measure, and throw it away."""
    server = start_postgres(DATA_DIR, log=DATA_DIR / "postgres.log", durable=True)
    try:
        call_command("migrate", verbosity=0)
        measure_planning()
        measure_machinery()
        measure_delay()
    finally:
        connection.close()
        server.stop()
        places.release_socket_dir(DATA_DIR)
        shutil.rmtree(DATA_DIR, ignore_errors=True)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()

"""Pictures per second of the engine against the loop that anybody would write.

    python -m benchmarks.runner [--samples 8] [--rounds 3] [--pipeline data/models/tiny-b]

The engine runs as deployed: PostgreSQL, broker and a Celery worker for pictures with one process per core, one
thread each, that claims, draws, encodes, makes thumbnails, stores and records. The plain loop calls the same pipeline
with the same prompts and seeds and saves PNGs, with all cores through torch's threads and with one. All take turns,
so that what else the machine does falls on each; models are loaded before. Pixels are read back from both sides' files.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import django
import numpy as np
import torch
from diffusers import DiffusionPipeline
from PIL import Image

CHUNK = 4
DATA_DIR = Path(tempfile.mkdtemp(prefix="unfragile-bench-"))
DATA_DIR.chmod(0o711)
os.environ |= {
    "DATA_DIR": str(DATA_DIR),
    "DJANGO_SETTINGS_MODULE": "config.settings.test",
    "HF_HUB_OFFLINE": "1",
    # So that few pictures are enough for every core; the usual chunk is longer and costs less.
    "EVALUATION_CHUNK_SIZE": str(CHUNK),
    # The loop repeats no pictures either.
    "EVALUATION_CANARY_SHARE": "0",
}
django.setup()

from django.core.files.storage import default_storage  # noqa: E402 - after the settings
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.embedded import places  # noqa: E402
from config.embedded.postgres import start_postgres  # noqa: E402
from config.embedded.valkey import start_valkey  # noqa: E402
from config.processes import Child  # noqa: E402
from config.site import worker_command  # noqa: E402
from evaluation.dispatch import dispatch_run  # noqa: E402
from evaluation.images import image_name  # noqa: E402
from evaluation.models import Recipe, Run, Sample  # noqa: E402
from evaluation.runners.base import RecipeSpec  # noqa: E402
from evaluation.runners.describe import describe_pipeline  # noqa: E402
from evaluation.selectors import run_progress  # noqa: E402
from evaluation.services.plan import plan_run  # noqa: E402
from evaluation.services.recipes import save_recipe  # noqa: E402
from tests.builders import make_artifact  # noqa: E402
from tests.evaluation.builders import make_suite  # noqa: E402

PATIENCE_S = 600
SHAPES = ("star", "circle", "square", "heart")
COLOURS = ("red", "blue", "green", "yellow")


@dataclass(frozen=True)
class Turn:
    """One contender's turn: seconds in all, seconds inside the pipeline, and the files in the samples' order."""

    wall_s: float
    inside_s: float
    files: list[Path]


def plan(recipe: Recipe, slug: str, n_samples: int) -> Run:
    """Plan a run of a suite of its own, so that no picture exists already; two seeds a prompt."""
    scenes = [(SHAPES[place % 4], COLOURS[place // 4 % 4], 1 + place // 16 % 3) for place in range(n_samples)]
    specs = [
        {"objects": [{"shape": shape, "colour": colour, "count": count}]}
        for shape, colour, count in scenes[: n_samples // 2]
    ]
    return plan_run(recipe, make_suite(specs, slug=slug))


def in_order(run: Run) -> list[Sample]:
    """Return the run's samples with their prompts."""
    return list(run.samples.select_related("prompt").order_by("prompt__position", "k"))


def engine(run: Run) -> Turn:
    """Have the workers make a run's pictures; the clock stops when the last one is recorded."""
    began = timezone.now()
    dispatch_run(run_progress(run.pk))
    deadline = time.monotonic() + PATIENCE_S
    while run_progress(run.pk).n_claimable or run_progress(run.pk).n_held:
        if time.monotonic() > deadline:
            raise SystemExit(f"not over after {PATIENCE_S} s; see {DATA_DIR / 'worker.log'}")
        time.sleep(0.1)
    samples = in_order(run)
    if failed := [sample.reason for sample in samples if sample.status != Sample.Status.OK]:
        raise SystemExit(f"{len(failed)} failed: {failed[0]}")
    return Turn(
        max((sample.ended_at or began) - began for sample in samples).total_seconds(),
        sum(sample.timings_s["generate"] for sample in samples),
        [Path(default_storage.path(image_name(sample.image_digest))) for sample in samples],
    )


def loop(pipeline: Any, recipe: RecipeSpec, samples: Sequence[Sample], *, threads: int) -> Turn:
    """Make the same pictures as anybody would."""
    torch.set_num_threads(threads)
    folder = Path(tempfile.mkdtemp(dir=DATA_DIR))
    began, inside_s = time.perf_counter(), 0.0
    for sample in samples:
        called = time.perf_counter()
        image = pipeline(
            prompt=sample.prompt.text,
            generator=torch.Generator("cpu").manual_seed(sample.seed),
            num_inference_steps=recipe.steps,
            guidance_scale=recipe.guidance,
            width=recipe.width,
            height=recipe.height,
        ).images[0]
        inside_s += time.perf_counter() - called
        image.save(folder / f"{sample.pk}.png")
    return Turn(time.perf_counter() - began, inside_s, [folder / f"{sample.pk}.png" for sample in samples])


def measure(recipe: RecipeSpec, *, n_samples: int, n_rounds: int, cores: int) -> dict[str, list[Turn]]:
    """Load the models on both sides, then let all take turns."""
    artifact = make_artifact("bench")
    alone, together = (save_recipe(artifact, replace(recipe, batch_size=size)) for size in (1, CHUNK))
    pipeline = DiffusionPipeline.from_pretrained(recipe.location, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    for kept in (alone, together):
        engine(plan(kept, f"warm-{kept.batch_size}", CHUNK * cores))
    turns: dict[str, list[Turn]] = {}
    for number in range(n_rounds):
        run = plan(alone, f"round-{number}", n_samples)
        again, draw = plan_run(together, run.suite), partial(loop, pipeline, recipe, in_order(run))
        contenders: dict[str, Callable[[], Turn]] = {
            f"plain loop, {cores} threads": partial(draw, threads=cores),
            f"{cores} workers, batch 1": partial(engine, run),
            "plain loop, 1 thread": partial(draw, threads=1),
            f"{cores} workers, batches of {CHUNK}": partial(engine, again),
        }
        for name, take_turn in contenders.items():
            turns.setdefault(name, []).append(turn := take_turn())
            print(f"{name}: {turn.wall_s:.1f} s", flush=True)
    return turns


def worst_pixel(ours: Turn, theirs: Turn) -> int:
    """Return the largest difference of any channel of any pixel, of 255."""
    pairs = zip(ours.files, theirs.files, strict=True)
    return max(int(np.abs(_pixels(one) - _pixels(other)).max()) for one, other in pairs)


def _pixels(file: Path) -> Any:
    return np.asarray(Image.open(file), dtype=np.int16)


def report(turns: dict[str, list[Turn]], *, n_samples: int) -> None:
    """Print medians over the rounds, as multiples of the faster of the two plain loops."""
    wall_s = {name: statistics.median(turn.wall_s for turn in taken) for name, taken in turns.items()}
    plain = [name for name in turns if name.startswith("plain")]
    best = min(plain, key=lambda name: wall_s[name])
    print(
        f"load {os.getloadavg()[0]:.0f}; times the faster plain loop; largest difference of a pixel to each loop"
    )
    for name, taken in turns.items():
        outside_ms = [(turn.wall_s - turn.inside_s) / n_samples * 1_000 for turn in taken]
        worst = [max(map(worst_pixel, taken, turns[other])) for other in plain]
        line = f"{name:24}{n_samples / wall_s[name]:6.2f} samples/s  {wall_s[best] / wall_s[name]:5.2f} x"
        print(
            f"{line}  pixels {worst}", f"  {outside_ms[0]:.0f} ms outside the call" if name in plain else ""
        )


def main() -> None:
    """Start database, broker and workers, measure, and throw all away."""
    cores = os.cpu_count() or 1
    parser = argparse.ArgumentParser(description="Engine against a plain loop.")
    parser.add_argument("--samples", type=int, default=CHUNK * cores)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pipeline", type=Path, default=Path("data/models/tiny-b"))
    options = parser.parse_args()
    recipe = describe_pipeline(options.pipeline, location=str(options.pipeline))
    children: list[Child] = []
    try:
        children.append(start_postgres(DATA_DIR, log=DATA_DIR / "postgres.log", durable=True))
        children.append(start_valkey(DATA_DIR, log=DATA_DIR / "valkey.log"))
        call_command("migrate", verbosity=0)
        command = worker_command(DATA_DIR, concurrency=cores, queues=("generate",), env=os.environ)
        # Beside the loop, not behind it.
        children.append(Child(replace(command, niceness=0)))
        turns = measure(recipe, n_samples=options.samples, n_rounds=options.rounds, cores=cores)
        report(turns, n_samples=options.samples)
    finally:
        connection.close()
        for child in reversed(children):
            child.stop()
        places.release_socket_dir(DATA_DIR)
        shutil.rmtree(DATA_DIR, ignore_errors=True)


if __name__ == "__main__":
    main()

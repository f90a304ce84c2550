"""Estimates what a run needs before anything of it runs: memory, hours and money."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any, Final

from django.conf import settings

from catalog.vocabulary import OfferUnit
from evaluation.models import Recipe, Run, Sample
from evaluation.runners.base import RecipeError, RecipeSpec
from evaluation.runners.placement import Needs
from evaluation.runners.registry import size_recipe
from evaluation.runners.shapes import Shape, known_shape, shape_of_folder
from evaluation.services.recipes import recipe_spec

# Share of a GPU's peak that FLUX.1-dev reached on an H100, eager and compiled; github.com/sayakpaul/diffusers-torchao.
EAGER_SHARE: Final = 0.32
COMPILED_SHARE: Final = 0.50
_GB: Final = 1e9
_LOOKED_AT: Final = 200


@dataclass(frozen=True)
class Worker:
    """The GPU that the operator declares; zero where nothing is declared."""

    memory_gb: float
    tflops: float
    usd_per_hour: Decimal


@dataclass(frozen=True)
class RunEstimate:
    """What a run's missing pictures need. What is None is not known; ``basis`` says how the time is."""

    n_missing: int
    n_parameters: int | None = None
    memory_gb: float | None = None
    placement: str = ""
    hours: float | None = None
    basis: str = ""
    cost_usd: Decimal | None = None
    unknown: str = ""


def declared_worker() -> Worker:
    """Return the GPU of the setting ``EVALUATION_GPU``."""
    declared: dict[str, Any] = settings.EVALUATION_GPU
    return Worker(**declared)


def check_fits(recipe: Recipe) -> None:
    """Refuse a recipe whose parts cannot lie on the declared GPU, one after the other.

    Raises:
        RecipeError: one line that names the part and both sizes.
    """
    worker = declared_worker()
    if not worker.memory_gb or recipe.runner != Recipe.Runner.DIFFUSERS:
        return
    shape = _shape(recipe)
    if shape is None:
        return
    try:
        size_recipe(recipe_spec(recipe), shape).placement(int(worker.memory_gb * _GB))
    except RecipeError as error:
        raise RecipeError(f"{recipe.artifact.slug} {error}") from error


def estimate_run(run: Run, *, n_missing: int) -> RunEstimate:
    """Return what is left of a run to pay for."""
    recipe = run.recipe
    if recipe.runner == Recipe.Runner.DIFFUSERS:
        return _on_gpu(recipe, n_missing=n_missing)
    price = _price_per_picture(recipe)
    return RunEstimate(n_missing, cost_usd=None if price is None else price * n_missing)


def compile_pays(seconds_per_picture: float | None, *, n_pictures: int, compile_s: float) -> bool:
    """Whether compiling saves more than it takes; never where the time of a picture is not known.

    What a picture takes now shrinks by ``1 - EAGER_SHARE / COMPILED_SHARE``. With 120 s to compile and 6.57 s a
    picture the break-even is at 51 pictures.

    >>> [compile_pays(6.57, n_pictures=n, compile_s=120.0) for n in (50, 51)]
    [False, True]
    """
    if seconds_per_picture is None:
        return False
    return n_pictures * seconds_per_picture * (1 - EAGER_SHARE / COMPILED_SHARE) > compile_s


def spec_to_load(run: Run) -> RecipeSpec:
    """Return the run's recipe, without compilation where too few pictures are left for it to pay."""
    spec = recipe_spec(run.recipe)
    if spec.compile == "none":
        return spec
    n_missing = run.samples.exclude(status__in=Sample.ENDED).count()
    hours = estimate_run(run, n_missing=n_missing).hours
    each_s = None if hours is None or not n_missing else hours * 3_600 / n_missing
    if compile_pays(each_s, n_pictures=n_missing, compile_s=settings.EVALUATION_COMPILE_S):
        return spec
    return replace(spec, compile="none")


def _on_gpu(recipe: Recipe, *, n_missing: int) -> RunEstimate:
    worker = declared_worker()
    try:
        shape = _shape(recipe)
        needs = size_recipe(recipe_spec(recipe), shape) if shape else None
    except (RecipeError, ImportError) as error:
        needs, unknown = None, str(error)
    else:
        unknown = "" if needs else "nobody has described its shape"
    seconds, basis = _seconds_per_picture(recipe, needs, worker)
    hours = None if seconds is None else seconds * n_missing / 3_600
    cost = None
    if hours is not None and worker.usd_per_hour:
        cost = (Decimal(hours) * worker.usd_per_hour).quantize(Decimal("0.01"))
    if needs is None:
        return RunEstimate(n_missing, hours=hours, basis=basis, cost_usd=cost, unknown=unknown)
    return RunEstimate(
        n_missing,
        n_parameters=sum(needs.parameters.values()),
        memory_gb=needs.total_bytes / _GB,
        placement=str(needs.placement(int(worker.memory_gb * _GB))) if worker.memory_gb else "",
        hours=hours,
        basis=basis,
        cost_usd=cost,
    )


def _shape(recipe: Recipe) -> Shape | None:
    location = Path(recipe_spec(recipe).location)
    if location.is_dir():
        return shape_of_folder(location)
    return known_shape(recipe.artifact.slug, path=settings.SHAPES_FILE)


def _seconds_per_picture(recipe: Recipe, needs: Needs | None, worker: Worker) -> tuple[float | None, str]:
    """Return the median of what was measured under this recipe, else what counting operations gives."""
    times = Sample.objects.filter(run__recipe=recipe, status=Sample.Status.OK).values_list(
        "timings_s", flat=True
    )
    measured = [row["generate"] for row in times.order_by("-ended_at")[:_LOOKED_AT] if "generate" in row]
    if measured:
        return median(measured), "measured"
    if needs is None or needs.tflop_per_picture is None or not worker.tflops:
        return None, ""
    share = COMPILED_SHARE if recipe.compile == "regional" else EAGER_SHARE
    return needs.tflop_per_picture / (worker.tflops * share), "counted"


def _price_per_picture(recipe: Recipe) -> Decimal | None:
    """Return the mean of what was charged under this recipe, else the lowest listed price of a picture."""
    charged = Sample.objects.filter(run__recipe=recipe, cost_usd__isnull=False).values_list(
        "cost_usd", flat=True
    )
    paid = [cost for cost in charged.order_by("-ended_at")[:_LOOKED_AT] if cost is not None]
    if paid:
        return sum(paid, Decimal(0)) / len(paid)
    listed = recipe.artifact.offers.current().filter(unit=OfferUnit.IMAGE.value, currency="USD")
    return listed.order_by("amount").values_list("amount", flat=True).first()

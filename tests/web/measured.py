"""Builders of measured artifacts: a suite, runs with real picture files, scores and means."""

import hashlib
from collections.abc import Sequence

from django.utils import timezone
from PIL import Image

from catalog.models import Artifact
from evaluation.models import Aggregate, Prompt, Recipe, Run, Sample, Score, ScorerReport, Suite
from evaluation.services.images import store_image
from evaluation.statistics import mean_interval

METRIC = "text_exact"


def make_suite(slug: str = "lettering", *, n_prompts: int = 6, seeds: int = 1) -> Suite:
    """Make a suite whose prompts stand in families of two."""
    suite = Suite.objects.create(
        slug=slug,
        version="1",
        name=slug.capitalize(),
        description=f"{slug}: are the words right?",
        licence="CC0-1.0",
        scorer="text",
        measures="text",
        headline_metric=METRIC,
        seeds_per_prompt=seeds,
        digest=hashlib.sha256(slug.encode()).hexdigest(),
    )
    for position in range(n_prompts):
        Prompt.objects.create(
            suite=suite,
            key=f"word-{position}",
            position=position,
            family=f"family-{position // 2}",
            stratum="short" if position % 2 else "long",
            text=f"the word number {position}",
            spec={"texts": [{"text": "CAT"}]},
            digest=f"{slug}-{position}",
        )
    return suite


def make_recipe(artifact: Artifact) -> Recipe:
    """Return the artifact's canonical recipe, made where it is missing."""
    recipe, _ = Recipe.objects.get_or_create(
        artifact=artifact,
        is_canonical=True,
        defaults={
            "digest": hashlib.sha256(artifact.slug.encode()).hexdigest(),
            "runner": "painter",
            "location": "painter",
            "revision": "1",
            "width": 16,
            "height": 16,
            "library_versions": {"pillow": "11"},
        },
    )
    return recipe


def make_run(artifact: Artifact, suite: Suite, values: Sequence[float | None]) -> Run:
    """Make a finished run with one sample per prompt, by a proven scorer; None is a picture that was refused."""
    now = timezone.now()
    recipe = make_recipe(artifact)
    run = Run.objects.create(recipe=recipe, suite=suite, state=Run.State.FINISHED, finished_at=now)
    for prompt, value in zip(suite.prompts.all(), values, strict=True):
        _make_sample(run, prompt, value)
    _make_aggregate(run, [value or 0.0 for value in values], n_failed=sum(v is None for v in values))
    make_scorer_report()
    return run


def _make_sample(run: Run, prompt: Prompt, value: float | None) -> None:
    is_ok = value is not None
    shade = int(255 * (value or 0))
    sample = Sample.objects.create(
        run=run,
        prompt=prompt,
        k=0,
        seed=1000 + prompt.position,
        key=f"{run.pk}-{prompt.pk}",
        status=Sample.Status.OK if is_ok else Sample.Status.FILTERED,
        reason="" if is_ok else "refused by the filter",
        image_digest=store_image(Image.new("RGB", (16, 16), (shade, run.pk % 255, 40))) if is_ok else "",
        width=16 if is_ok else None,
        height=16 if is_ok else None,
        ended_at=timezone.now(),
    )
    Score.objects.create(
        sample=sample,
        scorer="text",
        scorer_version="1",
        metric=METRIC,
        value=value or 0.0,
        reason="read “CAT”, asked “CAT”" if is_ok else "No picture (filtered): refused by the filter",
    )


def _make_aggregate(run: Run, values: Sequence[float], *, n_failed: int) -> None:
    families = list(run.suite.prompts.values_list("family", flat=True))
    interval = mean_interval(values, families)
    Aggregate.objects.create(
        run=run,
        metric=METRIC,
        scorer="text",
        scorer_version="1",
        mean=interval.mean,
        ci_low=interval.low,
        ci_high=interval.high,
        n_families=len(set(families)),
        n_samples=len(values),
        n_failed=n_failed,
        n_unscored=0,
        method="test",
    )


def make_scorer_report(*, version: str = "1") -> ScorerReport:
    """Make the report of the scorer that ``make_run`` scores with: it passed its gate."""
    report, _ = ScorerReport.objects.get_or_create(
        scorer="text",
        scorer_version=version,
        sanity_suite="clean-words",
        measure="accuracy",
        defaults={"value": 0.99, "gate": ">= 0.97", "passed": True, "n_images": 200},
    )
    return report

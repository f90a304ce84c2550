"""Plans runs: which pictures are missing, and which exist already under another version of the suite."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from evaluation.models import Prompt, Recipe, Run, Sample, Suite
from evaluation.seeds import sample_key, sample_seed

# What a picture that was made before brings along.
_KEPT = (
    "status",
    "reason",
    "image_digest",
    "width",
    "height",
    "text_sent",
    "was_truncated",
    "has_thumbnail",
    "signature",
    "made_by",
    "batch",
    "timings_s",
    "peak_memory_mb",
    "flags",
    "cost_usd",
    "details",
    "ended_at",
)


def plan_run(recipe: Recipe, suite: Suite, *, limit: int | None = None) -> Run:
    """Make sure that the run exists with a sample for every prompt and seed; repeat nothing.

    ``limit`` plans the suite's first prompts alone. A picture that the same recipe made for the
    same words and seed, under another version of the suite, is taken over instead of made again.
    """
    with transaction.atomic():
        run, _ = Run.objects.get_or_create(recipe=recipe, suite=suite)
        Run.objects.select_for_update().get(pk=run.pk)
        samples = _missing(run, list(suite.prompts.all()[:limit]))
        _take_over(samples)
        Sample.objects.bulk_create(samples, batch_size=1_000)
        if run.state in Run.STOPPED or (samples and run.state != Run.State.RUNNING):
            Run.objects.filter(pk=run.pk).update(state=Run.State.PLANNED, reason="", finished_at=None)
    run.refresh_from_db()
    return run


def _missing(run: Run, prompts: Sequence[Prompt]) -> list[Sample]:
    planned = set(run.samples.values_list("prompt_id", "k"))
    samples = []
    for prompt in prompts:
        for k in range(run.suite.seeds_per_prompt):
            if (prompt.pk, k) not in planned:
                seed = sample_seed(run.suite.slug, prompt.key, k)
                key = sample_key(run.recipe.digest, prompt.text, seed)
                samples.append(Sample(run=run, prompt=prompt, k=k, seed=seed, key=key))
    return samples


def _take_over(samples: Sequence[Sample]) -> None:
    keys = [sample.key for sample in samples]
    made = {sample.key: sample for sample in Sample.objects.filter(key__in=keys, status=Sample.Status.OK)}
    for sample in samples:
        if earlier := made.get(sample.key):
            for field in _KEPT:
                setattr(sample, field, getattr(earlier, field))

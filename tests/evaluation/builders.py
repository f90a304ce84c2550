"""Builders for evaluations: suites made of few prompts, and painters in place of models."""

from collections.abc import Sequence
from typing import Any

from evaluation.models import Prompt as PromptRow
from evaluation.models import Recipe, Run, Suite
from evaluation.runners.base import RecipeSpec
from evaluation.seeds import sample_key
from evaluation.services.generate import generate_samples
from evaluation.services.read import read_run
from evaluation.services.recipes import save_recipe
from evaluation.services.score import score_run
from evaluation.suites.spec import PromptSpec
from tests.builders import make_artifact

STAR = {"objects": [{"shape": "star", "colour": "red", "count": 1}]}


def make_suite(
    specs: Sequence[dict[str, Any]] = (STAR,),
    *,
    slug: str = "small-suite",
    scorer: str = "adherence",
    headline: str = "all_correct",
    **fields: Any,
) -> Suite:
    """Make a suite with one prompt of its own family for every spec."""
    values: dict[str, Any] = {
        "version": "1",
        "name": slug.replace("-", " ").title(),
        "description": "For a test.",
        "licence": "CC0-1.0",
        "seeds_per_prompt": 2,
        "measures": scorer,
        **fields,
    }
    digest = sample_key(slug, values["version"], len(specs))
    suite = Suite.objects.create(slug=slug, scorer=scorer, headline_metric=headline, digest=digest, **values)
    PromptRow.objects.bulk_create(
        PromptRow(
            suite=suite,
            key=f"prompt-{place}",
            position=place,
            family=f"family-{place}",
            stratum="all",
            text=PromptSpec.from_dict(spec).text(),
            spec=spec,
            digest=sample_key(slug, str(spec), place),
        )
        for place, spec in enumerate(specs)
    )
    return suite


def make_painter(
    slug: str = "painter-one", *, side: int = 96, rates: dict[str, float] | None = None
) -> Recipe:
    """Make an artifact that is a painter with these error rates, and return its recipe."""
    spec = RecipeSpec(
        runner="painter", location="painter", revision="1", width=side, height=side, options=dict(rates or {})
    )
    return save_recipe(make_artifact(slug), spec)


def finish(run: Run) -> Run:
    """Do in this process what the workers do."""
    while generate_samples(run.pk):
        pass
    while read_run(run.pk, limit=64) == 64:
        pass
    score_run(run.pk)
    run.refresh_from_db()
    return run

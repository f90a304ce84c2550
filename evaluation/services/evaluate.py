"""Resolves what an evaluation was asked for, and plans its runs."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from catalog.models import Artifact
from evaluation.models import Run, Suite
from evaluation.services.estimate import check_fits
from evaluation.services.plan import plan_run
from evaluation.services.recipes import ensure_recipe
from evaluation.services.suites import load_suites


class RequestError(Exception):
    """An evaluation that cannot be planned as asked; the message is one line."""


def requested_suites(slugs: Sequence[str]) -> list[Suite]:
    """Return the current suites of these slugs, or all; suites that were never loaded are loaded first.

    Raises:
        RequestError: for an unknown slug.
    """
    if not Suite.objects.current().exists():
        load_suites(settings.SUITES_DIR)
    suites = {suite.slug: suite for suite in Suite.objects.current()}
    for slug in slugs:
        if slug not in suites:
            raise RequestError(f"unknown suite {slug!r}; there are {', '.join(sorted(suites))}")
    return [suite for slug, suite in sorted(suites.items()) if not slugs or slug in slugs]


def requested_artifacts(slugs: Sequence[str]) -> list[Artifact]:
    """Return the artifacts of these slugs.

    Raises:
        RequestError: for an unknown slug.
    """
    found = {artifact.slug: artifact for artifact in Artifact.objects.filter(slug__in=slugs)}
    for slug in slugs:
        if slug not in found:
            raise RequestError(f"unknown artifact {slug!r}")
    return [found[slug] for slug in dict.fromkeys(slugs)]


def plan_runs(
    artifacts: Sequence[Artifact],
    suites: Sequence[Suite],
    *,
    limit: int | None,
    variant: str = "",
    revision: str = "",
    only_own_tier: bool = False,
) -> list[Run]:
    """Plan a run of every artifact on every suite, one artifact's runs after the other.

    ``only_own_tier`` leaves out suites that are not meant for the artifact: demonstration models have
    demonstration suites, all others the standard ones. ``revision`` runs another commit than the pinned one.

    Raises:
        RecipeError: where an artifact cannot be run here, or cannot fit the declared GPU; nothing is
            planned then.
    """
    recipes = [ensure_recipe(artifact, variant=variant, revision=revision) for artifact in artifacts]
    for recipe in recipes:
        check_fits(recipe)
    return [
        plan_run(recipe, suite, limit=limit)
        for recipe in recipes
        for suite in suites
        if not only_own_tier or is_meant_for(recipe.artifact, suite)
    ]


def is_meant_for(artifact: Artifact, suite: Suite) -> bool:
    """Whether the suite is of the artifact's tier."""
    return artifact.is_demonstration == (suite.tier == Suite.Tier.DEMONSTRATION)

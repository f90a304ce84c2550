"""The canonical recipe of an artifact: how it is run where nobody asks for anything else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.db import transaction

from catalog.models import Artifact
from evaluation.models import Recipe
from evaluation.runners.base import RecipeError, RecipeSpec
from evaluation.runners.describe import describe_pipeline

_LIBRARIES = ("torch", "diffusers", "transformers", "safetensors")
_LATER_FIELDS = frozenset({"compile", "variant"})
_PLAIN = RecipeSpec(runner="", location="", revision="")


def ensure_recipe(artifact: Artifact) -> Recipe:
    """Return the artifact's canonical recipe; changed weights or settings make a new one.

    Raises:
        RecipeError: where the artifact cannot be run here; one line that says why.
    """
    if artifact.weights_path:
        folder = settings.MODELS_DIR.parent / artifact.weights_path
        return save_recipe(artifact, describe_pipeline(folder, location=artifact.weights_path))
    stored = artifact.recipes.filter(is_canonical=True).first()
    if stored is None:
        raise RecipeError(f"{artifact.slug} has no weights that can be run here (its weights_path is empty)")
    return stored


def save_recipe(artifact: Artifact, spec: RecipeSpec) -> Recipe:
    """Make a spec the artifact's canonical recipe; the same spec again changes nothing."""
    digest = _digest(artifact, spec)
    with transaction.atomic():
        # The artifact's row orders those who do this at the same time.
        Artifact.objects.select_for_update().get(pk=artifact.pk)
        artifact.recipes.filter(is_canonical=True).exclude(digest=digest).update(is_canonical=False)
        recipe, _ = Recipe.objects.update_or_create(
            digest=digest,
            defaults={"is_canonical": True},
            create_defaults={
                **asdict(spec),
                "artifact": artifact,
                "is_canonical": True,
                "library_versions": _library_versions(),
            },
        )
    return recipe


def recipe_spec(recipe: Recipe) -> RecipeSpec:
    """Return what a runner needs of a stored recipe; local paths become absolute."""
    fields = {name: getattr(recipe, name) for name in RecipeSpec.__dataclass_fields__}
    local = settings.MODELS_DIR.parent / recipe.location
    if local.is_dir():
        fields["location"] = str(local)
    return RecipeSpec(**fields)


def _digest(artifact: Artifact, spec: RecipeSpec) -> str:
    """Return the recipe's name. Fields that came later count where they say something: names stay."""
    fields = {
        name: value
        for name, value in asdict(spec).items()
        if name not in _LATER_FIELDS or value != getattr(_PLAIN, name)
    }
    canonical = json.dumps({"artifact": artifact.slug, **fields}, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _library_versions() -> dict[str, str]:
    versions = {}
    for library in _LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            continue
    return versions

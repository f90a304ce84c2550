"""The canonical recipe of an artifact: how it is run where nobody asks for anything else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.conf import settings
from django.db import transaction

from catalog.models import Artifact
from evaluation.models import Recipe
from evaluation.recipe_files import Source, read_recipe_file
from evaluation.runners.base import RecipeError, RecipeSpec
from evaluation.runners.describe import describe_pipeline

_LIBRARIES = ("torch", "diffusers", "transformers", "safetensors")
_LATER_FIELDS = frozenset({"compile", "variant"})
_PLAIN = RecipeSpec(runner="", location="", revision="")


def ensure_recipe(artifact: Artifact, *, variant: str = "") -> Recipe:
    """Return the artifact's canonical recipe, or a declared variant; changed weights or settings make a new one.

    Bundled weights describe themselves; else a file in ``data/recipes/`` says how; else what is stored counts.

    Raises:
        RecipeError: where the artifact cannot be run here; one line that says why.
    """
    path = settings.RECIPES_DIR / f"{artifact.slug}.yaml"
    if artifact.weights_path and not variant:
        folder = settings.MODELS_DIR.parent / artifact.weights_path
        return save_recipe(artifact, describe_pipeline(folder, location=artifact.weights_path))
    if path.is_file():
        file = read_recipe_file(path)
        return save_recipe(artifact, file.spec(name=path.name, variant=variant), source=file.source)
    if variant:
        raise RecipeError(f"{artifact.slug} has no variant {variant!r}: there is no {path.name}")
    stored = artifact.recipes.filter(is_canonical=True).first()
    if stored is None:
        raise RecipeError(f"{artifact.slug} has no weights that can be run here (its weights_path is empty)")
    return stored


def save_recipe(artifact: Artifact, spec: RecipeSpec, *, source: Source | None = None) -> Recipe:
    """Make a spec the artifact's canonical recipe, or one of its variants; again, it changes nothing."""
    digest = recipe_digest(artifact, spec)
    state = {
        "is_canonical": not spec.variant,
        "source_url": str(source.url) if source else "",
        "source_as_of": source.as_of if source else None,
    }
    with transaction.atomic():
        # The artifact's row orders those who do this at the same time.
        Artifact.objects.select_for_update().get(pk=artifact.pk)
        if not spec.variant:
            artifact.recipes.filter(is_canonical=True).exclude(digest=digest).update(is_canonical=False)
        recipe, _ = Recipe.objects.update_or_create(
            digest=digest,
            defaults=state,
            create_defaults={
                **asdict(spec),
                **state,
                "artifact": artifact,
                "library_versions": _library_versions(),
            },
        )
    return recipe


def recipe_spec(recipe: Recipe) -> RecipeSpec:
    """Return what a runner needs of a stored recipe; local paths become absolute."""
    fields = stored_spec(recipe)
    local = settings.MODELS_DIR.parent / recipe.location
    if local.is_dir():
        fields["location"] = str(local)
    return RecipeSpec(**fields)


def stored_spec(recipe: Recipe) -> dict[str, Any]:
    """Return a stored recipe's declared fields as they are, over which its digest is taken."""
    return {name: getattr(recipe, name) for name in RecipeSpec.__dataclass_fields__}


def recipe_digest(artifact: Artifact, spec: RecipeSpec) -> str:
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

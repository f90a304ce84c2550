"""The canonical recipe of an artifact: how it is run where nobody asks for anything else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
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


def ensure_recipe(artifact: Artifact, *, variant: str = "", revision: str = "") -> Recipe:
    """Return the artifact's canonical recipe, or a declared variant; changed weights or settings make a new one.

    Bundled weights describe themselves; else a file in ``data/recipes/`` says how; else what is stored counts.
    Another ``revision`` than the pinned one is a variant, too.

    Raises:
        RecipeError: where the artifact cannot be run here; one line that says why.
    """
    if revision:
        return save_recipe(artifact, revision_spec(artifact, revision))
    path = _recipe_path(artifact)
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


def revision_spec(artifact: Artifact, revision: str) -> RecipeSpec:
    """Return the artifact's recipe at another commit of its hub, as a variant.

    Raises:
        RecipeError: where there is no other commit that could be run here; one line that says why.
    """
    path = _recipe_path(artifact)
    if artifact.weights_path:
        raise RecipeError(
            f"{artifact.slug} is run from weights that lie here; there is no other revision of them"
        )
    if not path.is_file():
        raise RecipeError(
            f"nobody has written down yet how {artifact.slug} is run, so no revision of it can be"
        )
    file = read_recipe_file(path)
    if file.runner != "diffusers":
        raise RecipeError(f"{artifact.slug} is run through an API, which does not let a revision be chosen")
    if file.revision == revision:
        raise RecipeError(f"{revision[:12]} is the revision of {artifact.slug} that is evaluated already")
    spec = file.model_copy(update={"revision": revision}).spec(name=path.name)
    return replace(spec, variant=f"revision {revision[:12]}")


def _recipe_path(artifact: Artifact) -> Path:
    return Path(settings.RECIPES_DIR) / f"{artifact.slug}.yaml"


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

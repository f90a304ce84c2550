"""Constraints that several models share, so that the database holds what the schema promises."""

from collections.abc import Iterable
from enum import StrEnum

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.lookups import Regex

from catalog.vocabulary import SLUG_PATTERN

validate_slug = RegexValidator(
    SLUG_PATTERN, "Use lower-case letters, digits and single hyphens; '-vs-' is reserved for comparisons."
)


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Return an enumeration as Django choices, with labels a person reads."""
    return [(word.value, word.value.replace("-", " ").capitalize()) for word in words]


def slug_constraint(app_model: str) -> models.CheckConstraint:
    """Return the check that ``slug`` is well formed, named after its model."""
    return models.CheckConstraint(
        condition=Regex(models.F("slug"), models.Value(SLUG_PATTERN)), name=f"{app_model}_slug_valid"
    )


def one_of(field: str, words: type[StrEnum], *, name: str, blank: bool = False) -> models.CheckConstraint:
    """Return the check that ``field`` is one of ``words`` (or empty where ``blank``)."""
    allowed: Iterable[str] = [word.value for word in words] + ([""] if blank else [])
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": list(allowed)}), name=name)

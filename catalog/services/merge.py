"""Makes one artifact of two that are the same thing, and two of them again, exactly.

What belongs to the loser moves to the winner row by row. A row that the winner has already stays where it is;
the loser itself stays too, out of sight, so nothing is ever deleted. What is computed from these rows (ranks,
embeddings, overlaps) is not moved: it is computed again.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import ForeignObjectRel, Model
from django.utils import timezone

from catalog.models import Artifact, ArtifactMerge, Fact, Identity
from catalog.services.settle import settle_artifacts
from catalog.sources.base import ID_COLUMNS

# Of higher apps, only what was measured about an artifact goes with it.
MOVED_APPS = frozenset({"catalog", "evaluation"})
Moved: TypeAlias = dict[str, list[int]]


class MergeError(Exception):
    """These two cannot be merged, or this merge cannot be undone; the message says why."""


@transaction.atomic
def merge_artifacts(
    winner: Artifact, loser: Artifact, *, by: AbstractBaseUser | None = None, reason: str = ""
) -> ArtifactMerge:
    """Move what belongs to ``loser`` to ``winner`` and lead its address there.

    Raises:
        MergeError: they are the same row, or one of them takes part in a merge that forbids this one.
    """
    locked = {
        row.pk: row for row in Artifact.everything.select_for_update().filter(pk__in=[winner.pk, loser.pk])
    }
    if problem := merge_problem(locked[winner.pk], locked[loser.pk]):
        raise MergeError(problem)
    won = list(loser.facts.filter(is_winning=True).values_list("pk", flat=True))
    Fact.objects.filter(pk__in=won).update(is_winning=False)
    moved = {name: ids for name, ids in _move(winner, loser) if ids}
    moved |= {"winning_facts": won, "identities": _name_by_both(winner, loser)}
    Artifact.everything.filter(pk=loser.pk).update(merged_into=winner, updated_at=timezone.now())
    settle_artifacts([winner.pk])
    _touch(winner)
    return ArtifactMerge.objects.create(
        winner=winner, loser=loser, merged_by_id=by.pk if by else None, reason=reason, moved=moved
    )


def merge_problem(winner: Artifact, loser: Artifact) -> str:
    """Return why two artifacts cannot be merged; empty where they can."""
    if winner.pk == loser.pk:
        return "Two different artifacts are needed."
    if winner.merged_into_id or loser.merged_into_id:
        return "One of them is merged into another already."
    if Artifact.everything.filter(merged_into=loser).exists():
        return f"{loser} has absorbed others; undo those merges first."
    return ""


@transaction.atomic
def undo_merge(merge: ArtifactMerge) -> None:
    """Move back what a merge moved and let the loser stand for itself again.

    What the winner gained since then stays with it. Rows that somebody deleted meanwhile stay deleted.

    Raises:
        MergeError: it was undone before.
    """
    merge = ArtifactMerge.objects.select_for_update().select_related("winner", "loser").get(pk=merge.pk)
    if merge.undone_at is not None:
        raise MergeError("This merge was undone before.")
    moved: Moved = dict(merge.moved)
    won = moved.pop("winning_facts", [])
    Identity.objects.filter(pk__in=moved.pop("identities", [])).delete()
    facts = Fact.objects.filter(pk__in=moved.get("catalog.fact.artifact", []))
    facts.update(is_winning=False)
    for name, model, field in _belongings():
        model._default_manager.filter(pk__in=moved.get(name, [])).update(**{field: merge.loser})
    Fact.objects.filter(pk__in=won).update(is_winning=True)
    Artifact.everything.filter(pk=merge.loser_id).update(merged_into=None, updated_at=timezone.now())
    settle_artifacts([merge.winner_id])
    _touch(merge.winner)
    merge.undone_at = timezone.now()
    merge.save(update_fields=["undone_at"])


def _belongings() -> Iterator[tuple[str, type[Model], str]]:
    """Yield every model and field that points to an artifact and goes with it."""
    for relation in Artifact._meta.related_objects:
        model = relation.related_model
        is_bookkeeping = model in {Artifact, ArtifactMerge} or relation.many_to_many
        if not is_bookkeeping and isinstance(model, type) and model._meta.app_label in MOVED_APPS:
            yield f"{model._meta.label_lower}.{_field(relation)}", model, _field(relation)


def _field(relation: ForeignObjectRel) -> str:
    return relation.remote_field.name


def _move(winner: Artifact, loser: Artifact) -> Iterator[tuple[str, list[int]]]:
    for name, model, field in _belongings():
        rows = model._default_manager.filter(**{field: loser}).order_by("pk")
        yield name, [pk for pk in rows.values_list("pk", flat=True) if _moves(model, pk, {field: winner})]


def _moves(model: type[Model], pk: int, change: dict[str, Any]) -> bool:
    """Move one row; a row that the winner has in its own words stays."""
    try:
        with transaction.atomic():
            return bool(model._default_manager.filter(pk=pk).update(**change))
    except IntegrityError:
        return False


def _name_by_both(winner: Artifact, loser: Artifact) -> list[int]:
    """Let the winner be found under the loser's names elsewhere; return the new rows."""
    made = []
    for field in ID_COLUMNS:
        value = getattr(loser, field)
        if not value or value.casefold() == getattr(winner, field).casefold():
            continue
        known = Identity.objects.filter(scheme=field.value, value__iexact=value)
        if not known.exists():
            row = Identity(
                artifact=winner, scheme=field.value, value=value, reason=f"merged with {loser.slug}"
            )
            row.save()
            made.append(row.pk)
    return made


def _touch(artifact: Artifact) -> None:
    """Pages that show the artifact have another state now."""
    Artifact.everything.filter(pk=artifact.pk).update(updated_at=timezone.now())

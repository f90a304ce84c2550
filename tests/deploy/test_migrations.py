"""New migrations run while the old code still answers: what would stop or break it is refused here."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import OperationalError, connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from web.receivers import wait_as_before, wait_for_no_lock_for_long

# What was there before this rule; the first version has no older code running beside it.
BEFORE_THE_RULE = {"catalog": 14, "evaluation": 9, "matchgraph": 7, "ranking": 6}
# Looked at by a person: migration, and why it stops nobody.
APPROVED: dict[str, str] = {}
TAKES_AWAY = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


def database_side(field: models.Field[Any, Any]) -> dict[str, Any]:
    """Return what the database sees of a field; where it may be empty is left out, since allowing that is safe."""
    _, path, _, options = field.deconstruct()
    unseen = {*field.non_db_attrs, "default", "null"}
    return {"path": path} | {name: value for name, value in options.items() if name not in unseen}


def changes_table(before: models.Field[Any, Any], after: models.Field[Any, Any]) -> bool:
    return database_side(before) != database_side(after) or (before.null and not after.null)


def dangers(
    operation: Operation, *, made_here: frozenset[str], before: models.Field[Any, Any] | None = None
) -> Iterator[str]:
    """Yield what is dangerous about an operation while the version before still runs.

    ``before`` is the field that an ``AlterField`` changes, as it was.
    """
    model = str(getattr(operation, "model_name", "")).lower()
    if isinstance(operation, TAKES_AWAY):
        yield "the old code still reads it: stop using it in one version, drop it in the next"
    elif model in made_here:
        return
    elif isinstance(operation, migrations.AddField):
        if not operation.field.null and operation.field.db_default is models.NOT_PROVIDED:
            yield "the old code does not fill it: give it a db_default, or let it be null"
    elif isinstance(operation, migrations.AlterField):
        if before is None or changes_table(before, operation.field):
            yield "may rewrite the table under a lock: add a column, copy, switch; or have it approved"
    elif isinstance(operation, migrations.AddIndex) and not isinstance(operation, AddIndexConcurrently):
        yield "stops writes while it is built: AddIndexConcurrently, in a migration with atomic = False"
    elif type(operation) is migrations.AddConstraint:
        yield "reads the whole table under a lock: AddConstraintNotValid, and ValidateConstraint in the next"
    elif isinstance(operation, migrations.RunSQL):
        yield "cannot be judged by a program: have it approved"


def made_in(migration: migrations.Migration) -> frozenset[str]:
    created = (op for op in migration.operations if isinstance(op, migrations.CreateModel))
    return frozenset(op.name.lower() for op in created)


def test_new_migrations_neither_stop_nor_break_the_version_before() -> None:
    loader = MigrationLoader(None)
    found = [
        f"{app}.{name}: {danger}"
        for (app, name), migration in sorted(loader.disk_migrations.items())
        if app in BEFORE_THE_RULE and int(name[:4]) > BEFORE_THE_RULE[app] and f"{app}.{name}" not in APPROVED
        for danger in dangers_of(loader, migration)
    ]
    assert not found, "\n".join(found)


def dangers_of(loader: MigrationLoader, migration: migrations.Migration) -> Iterator[str]:
    """Yield the dangers of a whole migration, each with its operation."""
    state = loader.project_state((migration.app_label, migration.name), at_end=False)
    for operation in migration.operations:
        before = None
        if isinstance(operation, migrations.AlterField):
            model = state.models[migration.app_label, operation.model_name_lower]
            before = model.get_field(operation.name)
        for danger in dangers(operation, made_here=made_in(migration), before=before):
            yield f"{operation.describe()}: {danger}"
        operation.state_forwards(migration.app_label, state)


def test_a_changed_field_is_judged_by_what_the_database_sees() -> None:
    before: models.CharField[str, str] = models.CharField(max_length=10, choices=[("a", "A")])
    assert not changes_table(before, models.CharField(max_length=10, choices=[("b", "B")], help_text="x"))
    assert not changes_table(before, models.CharField(max_length=10, null=True))
    assert changes_table(before, models.TextField())
    assert changes_table(models.CharField(max_length=10, null=True), before)
    loader = MigrationLoader(None)
    found = list(dangers_of(loader, loader.disk_migrations["catalog", "0012_maintainers_and_contests"]))
    assert any("reads the whole table" in danger for danger in found)


@pytest.mark.parametrize(
    ("operation", "is_dangerous"),
    [
        (migrations.RemoveField("artifact", "name"), True),
        (migrations.RenameField("artifact", "name", "title"), True),
        (migrations.DeleteModel("Artifact"), True),
        (migrations.AddField("artifact", "note", models.TextField()), True),
        (migrations.AddField("artifact", "note", models.TextField(default="")), True),
        (migrations.AddField("artifact", "note", models.TextField(db_default="")), False),
        (migrations.AddField("artifact", "note", models.TextField(null=True)), False),
        (migrations.AddField("made", "note", models.TextField()), False),
        (migrations.AddIndex("artifact", models.Index(fields=["name"], name="by_name")), True),
        (AddIndexConcurrently("artifact", models.Index(fields=["name"], name="by_name")), False),
        (migrations.AddConstraint("artifact", models.UniqueConstraint(fields=["name"], name="once")), True),
        (migrations.RunSQL("DROP TABLE catalog_artifact"), True),
        (migrations.RunPython(migrations.RunPython.noop), False),
    ],
)
def test_the_rule_knows_what_is_dangerous(operation: Operation, *, is_dangerous: bool) -> None:
    assert bool(list(dangers(operation, made_here=frozenset({"made"})))) is is_dangerous


def lock_timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        [found] = cursor.fetchone()
    return str(found)


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_cannot_have_its_lock_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.receivers.LOCK_TIMEOUT", "50ms")
    before = lock_timeout()
    wait_for_no_lock_for_long(using="default")
    with psycopg.connect(**connection.get_connection_params()) as reader:
        reader.execute("SELECT 1 FROM catalog_artifact LIMIT 1")
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            connection.cursor().execute("ALTER TABLE catalog_artifact ADD COLUMN note text")
    wait_as_before(using="default")
    assert lock_timeout() == before == "0"

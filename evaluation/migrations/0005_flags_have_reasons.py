from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def give_flags_reasons(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Flags were names alone."""
    Sample = apps.get_model("evaluation", "Sample")
    changed = []
    for sample in Sample.objects.exclude(flags=[]).only("flags").iterator():
        sample.flags = [
            {"name": flag, "reason": f"Noted when the picture was made: {flag.replace('-', ' ')}."}
            for flag in sample.flags
            if isinstance(flag, str)
        ]
        changed.append(sample)
    Sample.objects.bulk_update(changed, ["flags"], batch_size=1_000)


def note_dispatch(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Runs under way were sent to the workers when they were made."""
    Run = apps.get_model("evaluation", "Run")
    for run in Run.objects.filter(state="running"):
        Run.objects.filter(pk=run.pk).update(dispatched_at=run.created_at)


class Migration(migrations.Migration):

    dependencies = [
        ('evaluation', '0004_run_operations'),
    ]

    operations = [
        migrations.RunPython(give_flags_reasons, migrations.RunPython.noop),
        migrations.RunPython(note_dispatch, migrations.RunPython.noop),
    ]

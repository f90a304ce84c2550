import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FILL = """
UPDATE matchgraph_posting AS posting SET artifact_id = capability.artifact_id
FROM catalog_capability AS capability
WHERE capability.id = posting.capability_id AND posting.artifact_id = 0
"""


def fill(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Write down whose each posting is."""
    editor.execute(FILL)


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0011_merges'),
        ('matchgraph', '0007_learnt_matches'),
    ]

    operations = [
        migrations.AddField(
            model_name='posting',
            name='artifact',
            field=models.ForeignKey(db_constraint=False, db_default=0, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalog.artifact'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

from collections import defaultdict

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from ranking.compute.positions import place_ranges


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 - Django's signature
    """Work out the ranges of the entries that stand, snapshot by snapshot."""
    entries = apps.get_model("ranking", "RankEntry")
    for snapshot_id in apps.get_model("ranking", "RankSnapshot").objects.values_list("pk", flat=True):
        groups = defaultdict(list)
        rows = entries.objects.filter(snapshot=snapshot_id).defer("components")
        for row in rows:
            groups[row.kind, row.is_demonstration].append(row)
        for members in groups.values():
            bounds = [tuple(int(value * 1000) for value in (row.score, row.low, row.high)) for row in members]
            for row, (best, worst) in zip(members, place_ranges(bounds), strict=True):
                row.position_best, row.position_worst = min(best, row.position), max(worst, row.position)
        entries.objects.bulk_update(
            [row for members in groups.values() for row in members],
            ["position_best", "position_worst"],
            batch_size=1000,
        )


class Migration(migrations.Migration):
    dependencies = [("ranking", "0004_snapshot_weights")]

    operations = [
        migrations.AddField("rankentry", "position_best", models.PositiveIntegerField(null=True)),
        migrations.AddField("rankentry", "position_worst", models.PositiveIntegerField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

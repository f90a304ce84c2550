"""Entries name their artifact by slug and stay when it leaves the catalogue; positions are by kind."""

import django.db.models.deletion
from django.db import migrations, models

NAME_ENTRIES = """
    UPDATE ranking_rankentry entry
    SET slug = artifact.slug, kind = artifact.kind, is_demonstration = artifact.is_demonstration,
        n_ranked = snapshot.n_artifacts
    FROM catalog_artifact artifact, ranking_ranksnapshot snapshot
    WHERE artifact.id = entry.artifact_id AND snapshot.id = entry.snapshot_id
"""


class Migration(migrations.Migration):
    dependencies = [("ranking", "0001_initial"), ("catalog", "0001_initial")]

    operations = [
        migrations.AddField("rankentry", "slug", models.CharField(max_length=120, default=""), False),
        migrations.AddField("rankentry", "kind", models.CharField(max_length=20, default=""), False),
        migrations.AddField("rankentry", "is_demonstration", models.BooleanField(default=False)),
        migrations.AddField("rankentry", "n_ranked", models.PositiveIntegerField(default=0), False),
        migrations.RunSQL(NAME_ENTRIES, migrations.RunSQL.noop),
        # Constraints cannot be added in the transaction that has just changed the rows they check.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            "rankentry",
            "artifact",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="rank_entries",
                to="catalog.artifact",
            ),
        ),
        migrations.AlterModelOptions("rankentry", {"ordering": ["snapshot", "slug"]}),
        migrations.RemoveConstraint("rankentry", "rank_entry_once_per_snapshot"),
        migrations.RemoveConstraint("rankentry", "rank_entry_position_from_1"),
        migrations.AddConstraint(
            "rankentry",
            models.UniqueConstraint(fields=["snapshot", "slug"], name="rank_entry_once_per_snapshot"),
        ),
        migrations.AddConstraint(
            "rankentry",
            models.CheckConstraint(
                condition=models.Q(position__gt=0, n_ranked__gte=models.F("position")),
                name="rank_entry_position_in_range",
            ),
        ),
    ]

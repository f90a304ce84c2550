"""Snapshots know when they were published, and why one was held."""

from django.db import migrations, models

DATE_THE_PUBLISHED = """
    UPDATE ranking_ranksnapshot snapshot SET published_at = pointer.moved_at
    FROM ranking_currentsnapshot pointer WHERE pointer.snapshot_id = snapshot.id
"""


class Migration(migrations.Migration):
    dependencies = [("ranking", "0002_entries_outlive_artifacts")]

    operations = [
        migrations.AddField(
            "ranksnapshot", "published_at", models.DateTimeField(blank=True, db_index=True, null=True)
        ),
        migrations.AddField("ranksnapshot", "held_reasons", models.JSONField(blank=True, default=list)),
        migrations.RunSQL(DATE_THE_PUBLISHED, migrations.RunSQL.noop),
    ]

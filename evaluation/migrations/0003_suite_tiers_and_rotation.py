"""Suites get a tier, a subject and a split; those loaded so far ask for drawings, so they demonstrate."""

from django.db import migrations, models

# Every suite before this migration was written for the bundled demonstration models, and named its
# scorer after what it measures.
MARK_DRAWINGS = "UPDATE evaluation_suite SET tier = 'demonstration', measures = scorer"


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0002_runners_and_costs"),
    ]

    operations = [
        migrations.AddField(
            model_name="suite",
            name="measures",
            field=models.CharField(
                choices=[
                    ("text", "Text"),
                    ("adherence", "Adherence"),
                    ("anatomy", "Anatomy"),
                    ("showcase", "Showcase"),
                ],
                default="adherence",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="suite",
            name="retired_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When a rotating split was published; nothing new is run on it.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="suite",
            name="split",
            field=models.CharField(
                choices=[("public", "Public"), ("rotating", "Rotating")], default="public", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="suite",
            name="tier",
            field=models.CharField(
                choices=[("standard", "Standard"), ("demonstration", "Demonstration")],
                default="standard",
                max_length=16,
            ),
        ),
        migrations.RunSQL(MARK_DRAWINGS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="suite",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("retired_at__isnull", True),
                    models.Q(("is_current", False), ("split", "rotating")),
                    _connector="OR",
                ),
                name="suite_retired_is_rotating_and_past",
            ),
        ),
    ]

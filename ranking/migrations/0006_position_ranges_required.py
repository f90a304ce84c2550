from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ranking", "0005_position_ranges")]

    operations = [
        migrations.AlterField("rankentry", "position_best", models.PositiveIntegerField()),
        migrations.AlterField("rankentry", "position_worst", models.PositiveIntegerField()),
        migrations.RemoveConstraint("rankentry", "rank_entry_position_in_range"),
        migrations.AddConstraint(
            "rankentry",
            models.CheckConstraint(
                condition=models.Q(
                    position_best__gt=0,
                    position__gte=models.F("position_best"),
                    position_worst__gte=models.F("position"),
                    n_ranked__gte=models.F("position_worst"),
                ),
                name="rank_entry_position_in_range",
            ),
        ),
    ]

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('matchgraph', '0008_posting_artifacts'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='posting',
            index=models.Index(fields=['lexeme', '-weight'], include=('capability', 'artifact'), name='posting_best_first'),
        ),
        RemoveIndexConcurrently(
            model_name='posting',
            name='posting_by_weight',
        ),
    ]

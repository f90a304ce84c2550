"""A name's vector stands once per generation instead of once per capability that bears it."""

import django.db.models.deletion
import pgvector.django.halfvec
from django.db import migrations, models

SHARE_NAMES = """
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO matchgraph_nameembedding (generation_id, name, vector)
SELECT DISTINCT ON (embedding.generation_id, capability.name)
    embedding.generation_id, capability.name, embedding.name_vector
FROM matchgraph_capabilityembedding AS embedding
JOIN catalog_capability AS capability ON capability.id = embedding.capability_id
ORDER BY embedding.generation_id, capability.name, embedding.id DESC;
UPDATE matchgraph_capabilityembedding AS embedding
SET artifact_id = capability.artifact_id, name_id = named.id
FROM catalog_capability AS capability, matchgraph_nameembedding AS named
WHERE capability.id = embedding.capability_id
    AND named.generation_id = embedding.generation_id AND named.name = capability.name;
"""
REPEAT_NAMES = """
SET CONSTRAINTS ALL IMMEDIATE;
UPDATE matchgraph_capabilityembedding AS embedding SET name_vector = named.vector
FROM matchgraph_nameembedding AS named WHERE named.id = embedding.name_id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0006_capability_drafts'),
        ('matchgraph', '0003_interaction_reject'),
    ]

    operations = [
        migrations.AddField(
            model_name='generation',
            name='recall_at_10',
            field=models.FloatField(blank=True, help_text='Of the ten nearest, the share that the index finds; 0-1.', null=True),
        ),
        migrations.AddField(
            model_name='generation',
            name='ndcg_at_10',
            field=models.FloatField(blank=True, help_text='By meaning alone on the tuning intents; empty where too few apply.', null=True),
        ),
        migrations.AddField(
            model_name='generation',
            name='retired_at',
            field=models.DateTimeField(blank=True, help_text='When another one took over.', null=True),
        ),
        migrations.AddField(
            model_name='generation',
            name='counts',
            field=models.JSONField(blank=True, default=dict, help_text='Vectors of texts, names and intents, and artifacts, when built.'),
        ),
        migrations.AddField(
            model_name='generation',
            name='indexed',
            field=models.JSONField(blank=True, default=list, help_text='The kinds of vectors that have an approximate index.'),
        ),
        migrations.CreateModel(
            name='NameEmbedding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=90)),
                ('vector', pgvector.django.halfvec.HalfVectorField(dimensions=384)),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_embeddings', to='matchgraph.generation')),
            ],
            options={
                'ordering': ['generation', 'name'],
                'constraints': [models.UniqueConstraint(fields=('generation', 'name'), name='name_embedding_once_per_generation')],
            },
        ),
        migrations.AddField(
            model_name='capabilityembedding',
            name='artifact',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='capability_embeddings', to='catalog.artifact'),
        ),
        migrations.AddField(
            model_name='capabilityembedding',
            name='name',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='bearers', to='matchgraph.nameembedding'),
        ),
        # Backwards the vectors of names have to be empty until they are filled in again.
        migrations.AlterField(
            model_name='capabilityembedding',
            name='name_vector',
            field=pgvector.django.halfvec.HalfVectorField(dimensions=384, null=True),
        ),
        migrations.RunSQL(SHARE_NAMES, REPEAT_NAMES),
        migrations.RemoveField(model_name='capabilityembedding', name='name_vector'),
        migrations.AlterField(
            model_name='capabilityembedding',
            name='artifact',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='capability_embeddings', to='catalog.artifact'),
        ),
        migrations.AlterField(
            model_name='capabilityembedding',
            name='name',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='bearers', to='matchgraph.nameembedding'),
        ),
        migrations.AddIndex(
            model_name='capabilityembedding',
            index=models.Index(fields=['artifact', 'generation'], name='embedding_by_artifact'),
        ),
        migrations.AddIndex(
            model_name='capabilityembedding',
            index=models.Index(fields=['name'], include=('artifact', 'capability'), name='embedding_by_name'),
        ),
    ]

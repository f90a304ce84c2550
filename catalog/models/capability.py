"""What an artifact can do, stated one capability at a time."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog.models.artifact import Artifact
from catalog.models.fields import choices, one_of
from catalog.vocabulary import Confidence, Origin


class Capability(models.Model):
    """One thing that an artifact does, with who says so and how sure we are."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="capabilities")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=90)
    description = models.TextField()
    unique_aspect = models.TextField(blank=True)
    versus_alternatives = models.TextField(blank=True)
    best_for = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    limitations = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    requirements = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    input_types = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    output_types = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    intents = ArrayField(models.CharField(max_length=600), default=list, blank=True)
    confidence = models.CharField(max_length=8, choices=choices(Confidence))
    origin = models.CharField(max_length=12, choices=choices(Origin))
    author = models.CharField(
        max_length=120, blank=True, help_text="The program or language model that wrote the text."
    )
    source_urls = ArrayField(models.URLField(max_length=500), default=list, blank=True)

    class Meta:
        ordering = ["artifact", "position"]
        verbose_name_plural = "capabilities"
        constraints = [
            models.UniqueConstraint(fields=["artifact", "name"], name="capability_once_per_artifact"),
            one_of("confidence", Confidence, name="capability_confidence_known"),
            one_of("origin", Origin, name="capability_origin_known"),
        ]

    def __str__(self) -> str:
        return self.name

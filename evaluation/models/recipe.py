"""How an artifact is run: everything that decides the pixels besides prompt and seed."""

from django.db import models

from catalog.models import Artifact


class Recipe(models.Model):
    """A pinned way of running one artifact. ``digest`` covers all declared fields."""

    class Runner(models.TextChoices):
        """Which runner executes the recipe."""

        DIFFUSERS = "diffusers"
        PAINTER = "painter"
        OPENAI_IMAGES = "openai-images"
        OPENAI_CHAT = "openai-chat"
        AUTOMATIC1111 = "automatic1111"

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="recipes")
    digest = models.CharField(max_length=64, unique=True)
    runner = models.CharField(max_length=20, choices=Runner)
    location = models.CharField(
        max_length=300, help_text="Hub id, path relative to data/, or ENDPOINT:MODEL."
    )
    revision = models.CharField(
        max_length=64, help_text="Commit of the hub, or SHA-256 over the local files."
    )
    pipeline_class = models.CharField(max_length=80, blank=True)
    scheduler = models.CharField(max_length=80, blank=True)
    steps = models.PositiveSmallIntegerField(default=1)
    guidance = models.FloatField(default=0)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    dtype = models.CharField(max_length=12, default="float32")
    attention = models.CharField(max_length=24, default="sdpa")
    batch_size = models.PositiveSmallIntegerField(default=1)
    options = models.JSONField(default=dict, blank=True)
    compile = models.CharField(max_length=12, default="none")
    variant = models.CharField(
        max_length=80,
        blank=True,
        help_text="What makes it no canonical recipe: quantised, cached, rewritten.",
    )
    source_url = models.URLField(max_length=300, blank=True, help_text="Where these settings come from.")
    source_as_of = models.DateField(null=True, blank=True)
    library_versions = models.JSONField(default=dict, blank=True)
    is_canonical = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["artifact", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["artifact"],
                condition=models.Q(is_canonical=True),
                name="recipe_one_canonical_per_artifact",
            ),
            models.CheckConstraint(
                condition=models.Q(steps__gt=0, width__gt=0, height__gt=0, batch_size__gt=0),
                name="recipe_sizes_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(is_canonical=False) | models.Q(variant=""),
                name="recipe_variant_never_canonical",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artifact} ({self.scheduler or self.runner}, {self.steps} steps)"

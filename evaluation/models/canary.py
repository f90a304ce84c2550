"""Pictures made a second time: does a recipe still give the same pixels?"""

from django.db import models

from evaluation.models.run import Sample


class Canary(models.Model):
    """One sample made again on a claim of its own, compared with the first picture."""

    class Verdict(models.TextChoices):
        """How alike both pictures are."""

        IDENTICAL = "identical"
        NEAR = "near"
        DIFFERENT = "different"
        FAILED = "failed"

    sample = models.OneToOneField(Sample, on_delete=models.CASCADE, related_name="canary")
    verdict = models.CharField(max_length=10, choices=Verdict)
    psnr_db = models.FloatField(null=True, help_text="Peak signal-to-noise ratio; none where identical.")
    largest_difference = models.PositiveSmallIntegerField(null=True, help_text="Of one channel, 0 to 255.")
    reason = models.TextField()
    image_digest = models.CharField(max_length=64, blank=True, help_text="Kept where it differs.")
    made_by = models.CharField(max_length=120)
    is_other_worker = models.BooleanField()
    compared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["sample"]
        verbose_name_plural = "canaries"
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="canary_has_reason"),
        ]

    def __str__(self) -> str:
        return f"sample {self.sample_id} made again: {self.verdict}"

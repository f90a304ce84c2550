"""What readers saw, what scorers made of it, and the means with their intervals."""

from django.db import models

from evaluation.models.run import Run, Sample

BETWEEN_0_AND_1 = models.Q(value__isnull=True) | models.Q(value__gte=0, value__lte=1)


class Observation(models.Model):
    """Raw output of one reader on one picture; scorers work from here, without a GPU."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="observations")
    reader = models.CharField(max_length=40)
    reader_version = models.CharField(max_length=80)
    content = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["sample", "reader"]
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "reader", "reader_version"], name="observation_once_per_reader_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reader} {self.reader_version} on sample {self.sample_id}"


class Score(models.Model):
    """One metric of one sample. No value means unscored, which is not zero; ``reason`` says why."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="scores")
    scorer = models.CharField(max_length=40)
    scorer_version = models.CharField(max_length=80)
    metric = models.CharField(max_length=60)
    value = models.FloatField(null=True)
    reason = models.TextField(help_text="Why, for a person to read.")
    evidence = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["sample", "metric"]
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "scorer", "scorer_version", "metric"], name="score_once_per_scorer_version"
            ),
            models.CheckConstraint(condition=BETWEEN_0_AND_1, name="score_between_0_and_1"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="score_has_reason"),
        ]

    def __str__(self) -> str:
        shown = "unscored" if self.value is None else f"{self.value:.3f}"
        return f"{self.metric} = {shown}"


class Aggregate(models.Model):
    """Mean of one metric over a run's samples (or one stratum of them) with its interval."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="aggregates")
    metric = models.CharField(max_length=60)
    stratum = models.CharField(max_length=80, blank=True, help_text="Empty: the whole suite.")
    scorer = models.CharField(max_length=40)
    scorer_version = models.CharField(max_length=80)
    mean = models.FloatField(null=True)
    ci_low = models.FloatField(null=True)
    ci_high = models.FloatField(null=True)
    confidence_level = models.FloatField(default=0.95)
    n_families = models.PositiveIntegerField()
    n_samples = models.PositiveIntegerField()
    n_failed = models.PositiveIntegerField()
    n_unscored = models.PositiveIntegerField()
    method = models.CharField(max_length=120)
    computed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["run", "metric", "stratum"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "metric", "stratum", "scorer_version"], name="aggregate_once"
            ),
            models.CheckConstraint(
                condition=models.Q(mean__isnull=True)
                | models.Q(ci_low__lte=models.F("mean"), ci_high__gte=models.F("mean")),
                name="aggregate_mean_inside_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} of run {self.run_id}"


class ScorerReport(models.Model):
    """A scorer version's measured error on a sanity suite, against the gate that it must pass."""

    scorer = models.CharField(max_length=40)
    scorer_version = models.CharField(max_length=80)
    sanity_suite = models.CharField(max_length=60)
    measure = models.CharField(max_length=80)
    value = models.FloatField()
    gate = models.CharField(max_length=40, help_text="For example '>= 0.97'.")
    passed = models.BooleanField()
    n_images = models.PositiveIntegerField()
    tier = models.CharField(max_length=20, default="offline")
    measured_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["scorer", "sanity_suite", "measure"]
        constraints = [
            models.UniqueConstraint(
                fields=["scorer", "scorer_version", "sanity_suite", "measure", "tier"],
                name="scorer_report_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scorer} {self.scorer_version}: {self.measure} = {self.value:.3f} ({self.gate})"

    @property
    def has_gate(self) -> bool:
        """Whether the measurement had a bound to keep; others are published alone."""
        return self.gate.startswith((">=", "<="))

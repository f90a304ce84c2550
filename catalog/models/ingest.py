"""What connectors did, so that a person sees what failed and the next run knows where to go on."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog.models.fields import choices, one_of
from catalog.sources.base import Source


class IngestRun(models.Model):
    """One reading of one source."""

    class State(models.TextChoices):
        """How it ended; a killed run stays "running" and is continued."""

        RUNNING = "running"
        DONE = "done"
        PAUSED = "paused"
        FAILED = "failed"

    source = models.CharField(max_length=20, choices=choices(Source))
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    cursor = models.CharField(max_length=200, blank=True, help_text="The next run goes on after this.")
    error = models.TextField(blank=True)
    request_count = models.PositiveIntegerField(default=0)
    record_count = models.PositiveIntegerField(default=0, help_text="Records of catalogued artifacts.")
    unchanged_count = models.PositiveIntegerField(default=0)
    fact_count = models.PositiveIntegerField(default=0)
    signal_count = models.PositiveIntegerField(default=0)
    offer_count = models.PositiveIntegerField(default=0)
    refusal_count = models.PositiveIntegerField(default=0)
    candidate_count = models.PositiveIntegerField(default=0, help_text="Seen, but not in the catalogue.")
    candidates = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    missing_count = models.PositiveIntegerField(default=0, help_text="In the catalogue, but not seen.")
    missing = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    renames = ArrayField(models.CharField(max_length=410), default=list, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            one_of("source", Source, name="ingest_source_known"),
            models.CheckConstraint(
                condition=models.Q(state="running", finished_at__isnull=True)
                | (~models.Q(state="running") & models.Q(finished_at__isnull=False)),
                name="ingest_finished_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}, {self.started_at:%Y-%m-%d %H:%M}: {self.state}"


class IngestRefusal(models.Model):
    """Something that a source sent and that could not be read; what was known before stays."""

    run = models.ForeignKey(IngestRun, on_delete=models.CASCADE, related_name="refusals")
    key = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["run", "key"]

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}"


class PageValidator(models.Model):
    """What to send along when asking for a page again, so that an unchanged one costs nothing."""

    source = models.CharField(max_length=20, choices=choices(Source))
    url = models.CharField(max_length=1000, unique=True)
    etag = models.CharField(max_length=200)
    next_url = models.CharField(max_length=1000, blank=True)
    context_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["source", "url"]
        constraints = [one_of("source", Source, name="validator_source_known")]

    def __str__(self) -> str:
        return self.url

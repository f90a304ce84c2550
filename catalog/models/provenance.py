"""Where each fact comes from."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from catalog.models.artifact import Artifact
from catalog.models.fields import choices, one_of
from catalog.sources.base import Source
from catalog.vocabulary import SourceKind


class SourceRecord(models.Model):
    """Something that was read somewhere at some time; the raw payload is kept where there is one.

    What a connector read says by which and under what name; ``stale_since`` says that it could not be
    confirmed when it was last asked for, and from when on. Old payloads are dropped, digests stay.
    """

    kind = models.CharField(max_length=12, choices=choices(SourceKind))
    name = models.CharField(max_length=160)
    url = models.URLField(max_length=500, blank=True, help_text="Empty for our own measurements.")
    observed_on = models.DateField()
    fetched_at = models.DateTimeField(null=True, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(null=True, blank=True)
    payload_digest = models.CharField(max_length=64, blank=True)
    connector = models.CharField(max_length=20, blank=True, choices=choices(Source))
    subject = models.CharField(
        max_length=200, blank=True, help_text="The name under which the connector asks, as it is compared."
    )
    stale_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-observed_on", "name"]
        indexes = [
            GinIndex(fields=["payload"], name="source_payload", opclasses=["jsonb_path_ops"]),
            models.Index(
                fields=["connector", "subject"], name="source_subject", condition=~models.Q(connector="")
            ),
            models.Index(
                fields=["stale_since"], name="source_stale", condition=models.Q(stale_since__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "url", "observed_on", "payload_digest"], name="source_record_once"
            ),
            one_of("kind", SourceKind, name="source_kind_known"),
            one_of("connector", Source, name="source_connector_known", blank=True),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.observed_on}"


class SourceCheck(models.Model):
    """When a connector last asked for one thing and when it last got an answer: who is due, and who is done."""

    source = models.CharField(max_length=20, choices=choices(Source))
    subject = models.CharField(max_length=200)
    tried_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["tried_at"]
        constraints = [
            models.UniqueConstraint(fields=["source", "subject"], name="source_check_once"),
            one_of("source", Source, name="source_check_known"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.subject}"


class Fact(models.Model):
    """One field of one artifact as one source states it; the winning fact sets the column."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="facts")
    field = models.CharField(max_length=60)
    value = models.JSONField()
    source = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="facts")
    observed_on = models.DateField()
    is_winning = models.BooleanField(default=False)

    class Meta:
        ordering = ["artifact", "field", "-observed_on"]
        constraints = [
            models.UniqueConstraint(fields=["artifact", "field", "source"], name="fact_once_per_source"),
            models.UniqueConstraint(
                fields=["artifact", "field"],
                condition=models.Q(is_winning=True),
                name="fact_one_winner_per_field",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artifact}: {self.field} = {self.value}"

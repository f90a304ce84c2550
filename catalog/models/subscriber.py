"""Who gets the weekly brief by e-mail. Nothing in ``ranking`` may read this table."""

from django.db import models


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """Reads of subscribers."""

    def active(self) -> "SubscriberQuerySet":
        """Only those who confirmed and whose mail arrives."""
        return self.filter(state=Subscriber.State.ACTIVE)

    def without(self, week: str) -> "SubscriberQuerySet":
        """Only active ones to whom this week's brief, or a later one, was not sent; names of weeks sort."""
        return self.active().filter(sent_week__lt=week)


class Subscriber(models.Model):
    """One address. Who leaves is deleted; who cannot be reached stays, so that nothing goes there again."""

    class State(models.TextChoices):
        """Where the subscription stands."""

        WAITING = "waiting", "Asked, not confirmed"
        ACTIVE = "active"
        STOPPED = "stopped", "Not reachable, or complained"

    address = models.EmailField(unique=True, help_text="In lower case.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(help_text="When the last question for confirmation was sent.")
    n_asked = models.PositiveSmallIntegerField(default=1)
    visitor = models.CharField(
        max_length=64, blank=True, help_text="A salted hash of the day, against floods."
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    sent_week = models.CharField(max_length=8, blank=True, help_text="The last brief that was sent.")
    n_soft = models.PositiveSmallIntegerField(default=0, help_text="Briefs in a row that failed for now.")
    soft_week = models.CharField(max_length=8, blank=True, help_text="The last of them.")
    stopped_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="Why nothing is sent any more.")

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="active") | models.Q(confirmed_at__isnull=False),
                name="subscriber_active_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.state}"

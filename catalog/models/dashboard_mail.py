"""Which builders get their dashboards' numbers by mail. Nothing in ``ranking`` may read this table."""

from django.conf import settings
from django.db import models


class DashboardMailQuerySet(models.QuerySet["DashboardMail"]):
    """Reads of wishes."""

    def without(self, week: str) -> "DashboardMailQuerySet":
        """Only those to whom this week's numbers, or a later one's, were not sent; names of weeks sort."""
        return self.filter(sent_week__lt=week, user__is_active=True)


class DashboardMail(models.Model):
    """One account that wants the mail. Who leaves is deleted."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="dashboard_mail"
    )
    since = models.DateTimeField(auto_now_add=True)
    sent_week = models.CharField(max_length=8, blank=True, help_text="The last week that was sent.")

    objects = DashboardMailQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user}: {self.sent_week or 'nothing sent yet'}"

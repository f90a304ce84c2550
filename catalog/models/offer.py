"""Prices."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef

from catalog.models.artifact import Artifact
from catalog.models.fields import choices, one_of
from catalog.models.provenance import SourceRecord
from catalog.vocabulary import OfferKind, OfferUnit


class OfferQuerySet(models.QuerySet["Offer"]):
    """Reads of offers."""

    def current(self) -> OfferQuerySet:
        """Leave out prices that a later one has replaced; they stay as the price history."""
        same = ("artifact", "kind", "provider", "plan", "unit", "detail", "currency")
        later = Offer.objects.filter(as_of__gt=OuterRef("as_of"), **{name: OuterRef(name) for name in same})
        return self.filter(~Exists(later))


class Offer(models.Model):
    """What one unit costs, from whom, as of when."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="offers")
    kind = models.CharField(max_length=12, choices=choices(OfferKind))
    provider = models.CharField(max_length=120)
    plan = models.CharField(max_length=160)
    unit = models.CharField(max_length=20, choices=choices(OfferUnit), blank=True)
    detail = models.CharField(max_length=160, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=12)
    currency = models.CharField(max_length=3, default="USD")
    source = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="offers")
    as_of = models.DateField()

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["artifact", "kind", "provider", "unit", "amount"]
        constraints = [
            models.UniqueConstraint(
                fields=["artifact", "kind", "provider", "plan", "unit", "detail", "as_of"], name="offer_once"
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="offer_amount_not_negative"),
            models.CheckConstraint(
                condition=~models.Q(kind=OfferKind.HOSTED.value) | ~models.Q(unit=""),
                name="offer_hosted_has_unit",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=OfferKind.HOSTED.value) | models.Q(amount=0),
                name="offer_free_costs_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="offer_currency_iso_4217"
            ),
            one_of("kind", OfferKind, name="offer_kind_known"),
            one_of("unit", OfferUnit, name="offer_unit_known", blank=True),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.plan}: {self.amount} {self.currency} per {self.unit or 'use'}"

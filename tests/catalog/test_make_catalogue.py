"""The made-up catalogue of load tests: as asked, repeatable, and skewed like real registries."""

from random import Random

import pytest
from django.db.models import Sum

from benchmarks.make_catalogue import artifact_fields, make_catalogue
from catalog.models import AdoptionSignal, Artifact, Capability, Offer, Relation


@pytest.mark.django_db
def test_a_small_one_has_the_shape_of_a_large_one() -> None:
    assert list(make_catalogue(2_500)) == [2_000, 2_500]
    assert Artifact.objects.count() == 2_500
    assert Capability.objects.count() > 5_000
    assert 0.03 < Offer.objects.count() / 2_500 < 0.1
    assert Relation.objects.exists()
    downloads = AdoptionSignal.objects.filter(metric="downloads_30d").order_by("-value")
    total = downloads.aggregate(sum=Sum("value"))["sum"]
    most = sum(downloads.values_list("value", flat=True)[:125])
    assert most / total > 0.6
    with pytest.raises(RuntimeError, match="holds artifacts already"):
        next(make_catalogue(1))


def test_the_same_seed_makes_the_same_rows() -> None:
    first, second = (
        [artifact_fields(rng, number) for number in range(200)] for rng in (Random(7), Random(7))
    )
    assert first == second
    assert len({row["summary"] for row in first}) > 100

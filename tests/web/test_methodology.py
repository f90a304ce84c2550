"""The methodology page shows live figures: effective weights, and our order against an arena's."""

import pytest
from django.test import Client

from catalog.models import Artifact
from ranking.compute.correlation import rank_correlation
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact, make_offer, make_reported_result
from web.pages.published_order import BENCHMARK, published_order
from web.pages.worked import worked_examples

pytestmark = pytest.mark.django_db


@pytest.fixture
def field() -> list[Artifact]:
    """Six open models, more used the lower the arena places them, and a closed one."""
    models = []
    for number in range(6):
        artifact = make_artifact(f"painter-{number}")
        make_adoption(artifact, "downloads_30d", 10 ** (number + 1))
        make_reported_result(
            artifact, str(1200 - 10 * number), benchmark=BENCHMARK, metric="Elo on 2026-08-17"
        )
        models.append(artifact)
    closed = make_artifact("closed", openness="api-only")
    make_reported_result(closed, "1500", benchmark=BENCHMARK, metric="Elo on 2026-08-17")
    compute_rank(as_of=TODAY)
    return models


def test_both_orders_stand_side_by_side_and_differences_are_explained(
    client: Client, field: list[Artifact]
) -> None:
    order = published_order()
    assert order is not None
    assert [row.card.slug for row in order.rows] == [f"painter-{n}" for n in range(5, -1, -1)]
    assert [row.arena_place for row in order.rows] == [6, 5, 4, 3, 2, 1]
    assert order.correlation is not None
    assert order.correlation.rho == -1
    assert "adoption is +" in order.rows[0].why
    assert order.rows[2].why == ""
    html = client.get("/methodology/").content.decode()
    assert "rank correlation -1.00, 95 % interval -1.00 to" in html
    assert "/artifact/closed/" not in html


def test_effective_weights_stand_beside_the_declared_ones(client: Client, field: list[Artifact]) -> None:
    html = client.get("/methodology/").content.decode()
    assert "Measured on 7 ranked artifacts." in html
    assert "nothing yet: equal for all" in html


def test_one_rank_is_worked_through_and_adds_up(client: Client, field: list[Artifact]) -> None:
    worked = worked_examples().rank
    assert worked is not None
    assert worked.artifact.name == Artifact.objects.get(slug="painter-5").name
    entry = worked.entry
    assert sum(float(addend) for addend in worked.addends.split(" + ")) == pytest.approx(entry.score)
    # Bounds are rounded outwards to whole thousandths and stop at 0 and 100.
    assert entry.high == pytest.approx(min(100.0, entry.score + worked.half_width), abs=0.01)
    assert f"<b>{entry.score:.3f}</b>" in client.get("/methodology/").content.decode()


def test_a_price_is_worked_through_where_it_is_listed_in_other_words(client: Client) -> None:
    dear = make_artifact("dear", openness="api-only")
    make_offer(dear, "0.05", unit="megapixel")
    compute_rank(as_of=TODAY)
    worked = worked_examples()
    assert worked.price is not None
    html = client.get("/methodology/").content.decode()
    assert worked.price.price.details in html
    assert worked.price.price.text in html
    assert worked.score is None


def test_without_an_arena_nothing_is_said_of_one(client: Client) -> None:
    assert published_order() is None
    assert 'id="order"' not in client.get("/methodology/").content.decode()


def test_a_correlation_needs_pairs_that_differ_and_knows_how_unsure_it_is() -> None:
    assert rank_correlation([(1, 1), (2, 2), (3, 3)]) is None
    assert rank_correlation([(1, 1), (1, 2), (1, 3), (1, 4)]) is None
    few = rank_correlation([(n, n) for n in range(5)])
    many = rank_correlation([(n, n) for n in range(50)])
    assert few is not None
    assert many is not None
    assert few.rho == many.rho == few.high == 1
    assert few.low < many.low < 1

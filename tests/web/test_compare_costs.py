"""Can I run it, may I sell it, what does it cost, and which should I choose?"""

from dataclasses import replace
from decimal import Decimal
from unittest import mock

import pytest
from django.test import Client
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from catalog.costs import Estimate, GpuPrice, Speed, Usage
from catalog.models import Artifact, Offer
from catalog.vocabulary import OfferKind
from evaluation.selectors import Speed as MeasuredSpeed
from tests.builders import make_artifact, make_capability, make_offer
from tests.catalog.test_costs import SOURCE
from tests.web.measured import make_run, make_suite
from web.pages.compare.choose import choices
from web.pages.compare.cost_chart import overtaken_at
from web.pages.compare.costs import asked_volume
from web.pages.compare.page import ComparePage, compare_page

pytestmark = pytest.mark.django_db
PATH = "/compare/alpha-vs-beta/"


@pytest.fixture
def pair() -> tuple[Artifact, Artifact]:
    """An open model that may be sold and a dear API that may not."""
    first = make_artifact(
        "alpha",
        openness="open-weights",
        memory_gb="12",
        licence_name="MIT",
        licence_outputs_commercial="yes",
    )
    second = make_artifact(
        "beta",
        openness="api-only",
        licence_name="Own terms",
        licence_outputs_commercial="no",
        licence_condition="Not for sale.",
    )
    make_offer(first, "0.01")
    make_offer(second, "0.04")
    make_capability(second, "Inpainting")
    return first, second


def page_at(**wanted: str) -> ComparePage:
    page = compare_page("alpha", "beta", asked=asked_volume(wanted))
    assert page is not None
    return page


def test_the_three_questions(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    alpha, beta = page_at().strip
    assert alpha.run.text == "With 12 GB of memory"
    assert beta.run.text == "Only at its provider"
    assert (alpha.sell.text, beta.sell.text) == ("Yes", "No")
    html = client.get(PATH).content.decode()
    assert "Not for sale." in html
    assert "$100.00 a month" in html
    assert "$400.00 a month" in html


def test_cost_follows_the_visitors_volume(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    html = client.get(PATH, {"images": "500", "size": "512x512"}).content.decode()
    assert "$5.00 a month" in html
    assert "<option selected>512x512" in html
    assert 'rel="canonical" href="http://testserver/compare/alpha-vs-beta/"' in html
    words = "By the picture of 512×512, Alpha costs less, whatever the volume: $0.01 "
    assert f"{words}(Acme API, Pay as you go) against $0.04 for Beta (Acme API, Pay as you go)." in html


@pytest.mark.parametrize("images", ["many", "0", "-1", "1e6", "9" * 5000, "10000000001"])
def test_a_volume_that_is_none_is_said_to_be_none(
    client: Client, pair: tuple[Artifact, Artifact], images: str
) -> None:
    response = client.get(PATH, {"images": images})
    assert response.status_code == 200
    html = response.content.decode()
    assert "Say how many pictures a month in digits" in html
    assert "$100.00 a month" in html


LOTS = st.tuples(st.decimals("0.01", "50", places=2), st.integers(1, 400))


def way(per_lot: Decimal, lot: int) -> Estimate:
    return Estimate("Acme", "any", OfferKind.HOSTED, (), per_lot, "USD", per_lot=per_lot, lot=lot)


@given(LOTS, LOTS)
def test_a_crossover_is_the_first_volume_that_costs_less(
    first: tuple[Decimal, int], second: tuple[Decimal, int]
) -> None:
    one, other = way(*first), way(*second)
    images = overtaken_at(one, other)
    cheaper = (n for n in range(1, 2_000) if (other.at(n) or 0) < (one.at(n) or 0))
    if images is None or images >= 2_000:
        assert next(cheaper, None) is None
    else:
        assert images == next(cheaper)


def test_the_chart_names_its_crossover(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    rent = GpuPrice("NVIDIA A100", "Acme Cloud", Decimal("1.80"), SOURCE)
    speed = Speed("alpha", "NVIDIA A100", 1024, 1024, 50, Decimal(6), "half precision", SOURCE)
    make_offer(pair[0], "0", kind="self-hosted", unit="", plan="Weights")
    Offer.objects.filter(artifact=pair[0], kind="hosted").delete()
    with mock.patch("web.pages.compare.costs.shipped_usage", return_value=Usage((rent,), (speed,))):
        page = page_at()
        html = client.get(PATH).content.decode()
    # 1,314 dollars a month for a card, against 4 cents a picture.
    assert any("from 32,851 pictures a month Alpha" in words for words in page.costs.statements)
    chart = page.costs.chart
    assert chart is not None
    assert [line.payment.is_kept for line in chart.lines] == [False, True, False]
    assert [text for text, _ in chart.lines[1].amounts] == ["$1,314", "$1,314", "$1,314", "$1,314", "$3,942"]
    for words in page.costs.statements:
        assert escape(words) in html
    for line in chart.lines:
        assert all(f"{text}</b></td>" in html or f">{text}</td>" in html for text, _ in line.amounts)


def test_prices_of_two_currencies_are_not_set_against_each_other(pair: tuple[Artifact, Artifact]) -> None:
    Offer.objects.filter(artifact=pair[1]).update(currency="EUR")
    costs = page_at().costs
    assert (costs.chart, costs.statements) == (None, ())


def test_reasons_to_choose_follow_from_the_rows(pair: tuple[Artifact, Artifact]) -> None:
    alpha, beta = page_at().choices
    said = [reason.text for reason in alpha.reasons]
    assert said == [
        "you sell the pictures: its licence allows it without conditions",
        "it must run on your own machine",
        "cost decides: $100.00 against $400.00 at 10,000 pictures a month",
    ]
    assert [reason.text for reason in beta.reasons] == [
        "you need “Inpainting”, which the other does not list"
    ]


def test_the_middle_quality_is_compared_and_named_everywhere(
    client: Client, pair: tuple[Artifact, Artifact]
) -> None:
    Offer.objects.filter(artifact=pair[0]).delete()
    for amount, quality in (("0.006", "low"), ("0.053", "medium"), ("0.211", "high")):
        make_offer(pair[0], amount, detail=f"1024x1024, {quality} quality")
    page = page_at()
    alpha, beta = page.costs.sides
    assert alpha.basis.endswith("medium quality, at 1024×1024")
    assert "quality" not in beta.basis
    assert [way.quality for way in alpha.ways] == ["low quality", "medium quality", "high quality"]
    html = client.get(PATH).content.decode()
    assert "$0.053 for Alpha (Acme API, Pay as you go, medium quality)." in html
    assert (
        "$0.053 in medium quality and $0.211 in high quality at Acme API; medium quality is compared." in html
    )
    # Under the bar, in the table of volumes, in the starting price and in the reason to choose.
    assert "Pay as you go, medium quality, at 1024×1024</span>" in html
    assert "Acme API, Pay as you go, medium quality</span></th>" in html
    assert "$0.053 a picture at 1024×1024, medium quality" in html
    assert "cost decides: $400.00 against $530.00 (medium quality) at 10,000 pictures a month" in html


@pytest.mark.parametrize(("seconds", "n_reasons"), [(0.81, 0), (0.8, 1)])
def test_time_is_a_reason_from_a_fifth_on_and_on_one_machine(
    pair: tuple[Artifact, Artifact], seconds: float, n_reasons: int
) -> None:
    alpha, beta = page_at().costs.sides
    fast = replace(alpha, side=replace(alpha.side, speed=MeasuredSpeed(seconds, None, 20, "NVIDIA H200")))
    slow = replace(beta, side=replace(beta.side, speed=MeasuredSpeed(1.0, None, 20, "NVIDIA H200")))
    elsewhere = replace(beta, side=replace(beta.side, speed=MeasuredSpeed(1.0, None, 20, "NVIDIA A100")))
    said = "time matters: 0.8 s against 1 s a picture, both measured on NVIDIA H200"
    for other, expected in ((slow, n_reasons), (elsewhere, 0)):
        own, _ = choices([fast, other], [], page_at().capabilities)
        assert [reason.text for reason in own.reasons].count(said) == expected
        assert sum("time matters" in reason.text for reason in own.reasons) == expected


def test_a_tie_is_no_reason(pair: tuple[Artifact, Artifact]) -> None:
    suite = make_suite()
    make_run(pair[0], suite, [1, 0, 1, 0, 1, 0])
    make_run(pair[1], suite, [0, 1, 1, 0, 1, 0])
    clear = make_suite("signs", n_prompts=20)
    make_run(pair[0], clear, [0] * 20)
    make_run(pair[1], clear, [1] * 20)
    page = page_at()
    assert [row.is_tie for row in page.suites] == [True, False]
    said = [reason.text for choice in page.choices for reason in choice.reasons if reason.anchor == "scores"]
    assert said == ["Signs matters: 100 points more"]


def test_every_reason_leads_somewhere(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    html = client.get(PATH).content.decode()
    for choice in page_at().choices:
        for reason in choice.reasons:
            assert f'id="{reason.anchor}"' in html
